import Configuration
import PKITypes
import Testing
import VerificationCore

/// Files of time zones that no machine here has.
struct ZoneFileTests {
    private static func number(_ value: Int64, octets: Int) -> [UInt8] {
        (0..<octets).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) }
    }

    private static func header(times: Int64, types: Int64) -> [UInt8] {
        Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
            + [0, 0, 0, times, types, 1].flatMap { number($0, octets: 4) }
    }

    /// One type of each offset; the block of 32-bit times is as short as it may be.
    private static func octets(offsets: [Int64], changes: [(Int64, UInt8)] = [], footer: String) -> [UInt8] {
        var file = header(times: 0, types: 1) + [UInt8](repeating: 0, count: 7)
        file += header(times: Int64(changes.count), types: Int64(offsets.count))
        file += changes.flatMap { number($0.0, octets: 8) } + changes.map(\.1)
        file += offsets.flatMap { number($0, octets: 4) + [0, 0] }
        return file + [0, 10] + Array(footer.utf8) + [10]
    }

    private static func changes(_ footer: String, in year: Int) throws -> [String] {
        let file = try #require(ZoneFile(octets: octets(offsets: [0], footer: footer)))
        let table = file.offsets(in: year..<(year + 1))
        var (found, now) = ([String](), try #require(UnixSeconds(text: "\(year)-01-01T00:00:00Z")))
        while let change = table.nextChange(after: now) {
            found.append("\(change.text) \(table.offset(at: change))")
            now = change
        }
        return found
    }

    @Test(
        "the rule for later years is read in each of its forms",
        arguments: [
            ("EST5EDT,M3.2.0,M11.1.0", 2027, ["2027-03-14T07:00:00Z -14400", "2027-11-07T06:00:00Z -18000"]),
            ("AAA-1BBB-3,J60/0,J365", 2028, ["2028-02-29T23:00:00Z 10800", "2028-12-30T23:00:00Z 3600"]),
            ("AAA-1BBB,59/0,364", 2028, ["2028-02-28T23:00:00Z 7200", "2028-12-30T00:00:00Z 3600"]),
            ("<+03>-3", 2027, []),
            ("AAA-10:30BBB-11,M10.1.0,M4.1.0", 2027, ["2027-04-03T15:00:00Z 37800", "2027-10-02T15:30:00Z 39600"]),
        ] as [(String, Int, [String])]
    )
    func rules(footer: String, year: Int, expected: [String]) throws {
        #expect(try Self.changes(footer, in: year) == expected)
    }

    @Test("changes of the file come first, then those of its rule; before them the offset is the first one's")
    func order() throws {
        let moment = try #require(UnixSeconds(text: "2027-06-01T00:00:00Z"))
        let octets = Self.octets(offsets: [-60, 7200], changes: [(moment.rawValue, 1)], footer: "AAA-1BBB,M3.5.0,M10.5.0")
        let table = try #require(ZoneFile(octets: octets)).offsets(in: 2027..<2028)
        #expect(table.offset(at: moment + -1) == -60)
        #expect(table.offset(at: moment) == 7200)
        #expect(table.nextChange(after: moment)?.text == "2027-10-31T00:00:00Z")
    }

    @Test("what is cut off, or anything else, is no such file")
    func damaged() {
        let whole = Self.octets(offsets: [0, 3600], changes: [(0, 1)], footer: "AAA0BBB,M3.5.0,M10.5.0")
        #expect(ZoneFile(octets: whole) != nil)
        for count in whole.indices { #expect(ZoneFile(octets: Array(whole[..<count])) == nil) }
        #expect(ZoneFile(octets: Self.octets(offsets: [0], changes: [(0, 1)], footer: "")) == nil, "a type that is not there")
        for footer in ["A", "AAA", "AAA0BBB", "AAA0BBB,M13.1.0,M1.1.0", "AAA0BBB,M3.5.0", "AAA0 "] {
            #expect(ZoneFile(octets: Self.octets(offsets: [0], footer: footer)) == nil, "\(footer)")
        }
    }
}
