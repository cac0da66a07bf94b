import Configuration
import Foundation
import PKITypes
import Testing
import VerificationCore

/// The tables of time zones against what the C library makes of the same moments.
struct ZoneRulesTests {
    /// With the southern half, half hours, a change of half an hour, none, one that was done away with, and changes that are
    /// written as ones at 24:00, at 50:00 of another day, and at -1:00.
    static let zones = [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Chatham", "Africa/Casablanca", "UTC",
        "America/Sao_Paulo", "Europe/London", "America/St_Johns", "Africa/Cairo", "Asia/Gaza", "America/Nuuk",
    ]

    /// `date` in a process of its own: to change the zone of this one would change it for every test.
    private static func library(_ zone: String, _ moments: [UnixSeconds]) throws -> [Int64] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/date")
        process.arguments = ["-f", "-", "+%z"]
        process.environment = ["TZ": zone, "LC_ALL": "C"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        let text = moments.map { "@\($0.rawValue)\n" }.joined()
        let writer = Thread {
            try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try? input.fileHandleForWriting.close()
        }
        writer.start()
        let answer = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return answer.split(separator: "\n").compactMap { line in
            guard let number = Int64(line.dropFirst()) else { return nil }
            return (number / 100 * 3600 + number % 100 * 60) * (line.hasPrefix("-") ? -1 : 1)
        }
    }

    @Test("every hour of 2026 and the seconds around each change until 2100 have the C library's offset", arguments: zones)
    func offsets(zone: String) throws {
        let table = try #require(ZoneRules.offsets(ofZone: zone))
        let start = try #require(UnixSeconds(text: "2026-01-01T00:00:00Z"))
        let end = try #require(UnixSeconds(text: "2100-01-01T00:00:00Z"))
        var moments = (0..<8760).map { start + Int64($0) * 3600 }
        var now = start
        while let change = table.nextChange(after: now), change < end {
            moments += [change + -1, change, change + 1]
            now = change
        }
        let expected = try Self.library(zone, moments)
        #expect(expected.count == moments.count)
        let wrong = zip(moments, expected).filter { table.offset(at: $0) != $1 }
        #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    }

    @Test("two changes a year, and none where there are none")
    func changes() throws {
        func count(_ zone: String) throws -> Int {
            let table = try #require(ZoneRules.offsets(ofZone: zone))
            var (count, now) = (0, UnixSeconds(text: "2026-01-01T00:00:00Z") ?? UnixSeconds(0))
            while let change = table.nextChange(after: now), change < now + 366 * 86_400, count < 100 {
                (count, now) = (count + 1, change)
            }
            return count
        }
        #expect(try count("Asia/Kolkata") == 0)
        #expect(try count("Europe/Berlin") == 100)
        #expect(ZoneRules.offsets(ofZone: "Nowhere/Town") == nil)
        #expect(ZoneRules.offsets(ofZone: nil) != nil)
        // What a reload compares.
        let (one, other) = (ZoneRules.offsets(ofZone: "Europe/Berlin"), ZoneRules.offsets(ofZone: "Europe/Berlin"))
        #expect(one == other)
    }

    private static func hours(_ text: String) throws -> AccessHours {
        let hours = try WeeklyHours(text)
        return AccessHours(hours, in: try #require(ZoneRules.offsets(ofZone: hours.zoneName)))
    }

    @Test(
        "hours over the nights in which the clocks change are those of the clock on the wall",
        arguments: [
            // 2026-03-29: 02:00 becomes 03:00 in Berlin, at 01:00 UTC.
            ("01:30-03:30", "2026-03-29T00:29:59Z", nil), ("01:30-03:30", "2026-03-29T00:30:00Z", "2026-03-29T00:59:59Z"),
            ("01:30-03:30", "2026-03-29T01:00:00Z", "2026-03-29T01:29:59Z"), ("01:30-03:30", "2026-03-29T01:30:00Z", nil),
            ("02:00-03:00", "2026-03-29T00:59:59Z", nil), ("02:00-03:00", "2026-03-29T01:00:00Z", nil),
            // 2026-10-25: 03:00 becomes 02:00, at 01:00 UTC: the hour comes twice.
            ("02:00-03:00", "2026-10-25T00:00:00Z", "2026-10-25T00:59:59Z"),
            ("02:00-03:00", "2026-10-25T01:00:00Z", "2026-10-25T01:59:59Z"), ("02:00-03:00", "2026-10-25T02:00:00Z", nil),
            // The same hour of the wall in winter and in summer.
            ("Mon-Fri 07:00-19:00", "2026-01-05T06:00:00Z", "2026-01-05T17:59:59Z"),
            ("Mon-Fri 07:00-19:00", "2026-07-06T05:00:00Z", "2026-07-06T16:59:59Z"),
            ("Mon-Fri 07:00-19:00", "2026-07-06T04:59:59Z", nil), ("Mon-Fri 07:00-19:00", "2026-07-05T10:00:00Z", nil),
        ] as [(String, String, String?)]
    )
    func daylightSaving(text: String, now: String, last: String?) throws {
        let hours = try Self.hours("\(text) Europe/Berlin")
        let moment = try #require(UnixSeconds(text: now))
        #expect(hours.lastOpenSecond(at: moment, granted: [])?.text == last)
    }

    @Test("asked again at each end, hours are open in exactly the minutes that the C library's clock shows", arguments: zones)
    func againstTheLibrary(zone: String) throws {
        let hours = try Self.hours("Mon-Fri 07:30-19:00; Sat 22:00-06:00; Sun 01:15-02:45 \(zone)")
        let start = try #require(UnixSeconds(text: "2026-01-01T00:00:00Z"))
        let moments = (0..<(366 * 96)).map { start + Int64($0) * 900 }
        let offsets = try Self.library(zone, moments)
        var wrong: [String] = []
        for (moment, offset) in zip(moments, offsets) {
            let local = moment.rawValue + offset
            // 0 is Monday.
            let (day, minute) = (Int((local / 86_400 + 3) % 7), Int(local % 86_400 / 60))
            let isOpen: Bool =
                switch day {
                case 0...4: (450..<1140).contains(minute)
                case 5: minute >= 1320
                default: minute < 360
                }
            let last = hours.lastOpenSecond(at: moment, granted: [])
            if (last != nil) != isOpen || last.map({ $0 < moment }) == true { wrong.append(moment.text) }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    }
}
