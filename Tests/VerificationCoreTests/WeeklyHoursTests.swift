import PKITypes
import Testing
import VerificationCore

@Suite("Hours of the week")
struct WeeklyHoursTests {
    /// 2026-11-23 is a Monday.
    private static func last(_ hours: String, _ now: String, granted: [Validity] = []) throws -> String? {
        let moment = try #require(UnixSeconds(text: now))
        return try AccessHours(WeeklyHours(hours), in: .utc).lastOpenSecond(at: moment, granted: granted)?.text
    }

    @Test(
        "are open from their first second to the last, and tell that one",
        arguments: [
            ("Mon-Fri 07:00-19:00", "2026-11-23T07:00:00Z", "2026-11-23T18:59:59Z"),
            ("Mon-Fri 07:00-19:00", "2026-11-23T06:59:59Z", nil), ("Mon-Fri 07:00-19:00", "2026-11-23T19:00:00Z", nil),
            ("Mon-Fri 07:00-19:00", "2026-11-28T12:00:00Z", nil),
            ("07:00-19:00", "2026-11-28T12:00:00Z", "2026-11-28T18:59:59Z"),
            ("Mon,Wed,Fri-Sun 08:00-09:00", "2026-11-25T08:30:00Z", "2026-11-25T08:59:59Z"),
            ("Mon,Wed,Fri-Sun 08:00-09:00", "2026-11-24T08:30:00Z", nil),
            ("Sat-Mon 08:00-09:00", "2026-11-29T08:30:00Z", "2026-11-29T08:59:59Z"),
            ("Sat-Mon 08:00-09:00", "2026-11-24T08:30:00Z", nil),
            // Over midnight: of the day on which it begins.
            ("Mon 22:00-06:00", "2026-11-23T23:00:00Z", "2026-11-24T05:59:59Z"),
            ("Mon 22:00-06:00", "2026-11-24T05:59:59Z", "2026-11-24T05:59:59Z"),
            ("Mon 22:00-06:00", "2026-11-23T05:00:00Z", nil),
            ("Sun 22:00-06:00", "2026-11-23T05:00:00Z", "2026-11-23T05:59:59Z"),
            // Those that touch are one.
            ("Mon 07:00-12:00; Mon 12:00-19:00", "2026-11-23T08:00:00Z", "2026-11-23T18:59:59Z"),
            ("Mon-Tue 00:00-24:00", "2026-11-23T08:00:00Z", "2026-11-24T23:59:59Z"),
            ("Mon 07:00-09:00; Tue 10:00-11:00", "2026-11-24T10:00:00Z", "2026-11-24T10:59:59Z"),
            // Thursday, the first of all days.
            ("Thu 00:00-01:00", "1970-01-01T00:00:00Z", "1970-01-01T00:59:59Z"),
            ("Wed 00:00-01:00", "1969-12-31T00:30:00Z", "1969-12-31T00:59:59Z"),
        ] as [(String, String, String?)]
    )
    func open(hours: String, now: String, last: String?) throws { #expect(try Self.last(hours, now) == last) }

    @Test("a granted window counts where they say so, and the later end is the end")
    func granted() throws {
        func window(_ from: String, _ until: String) throws -> Validity {
            Validity(notBefore: try #require(UnixSeconds(text: from)), notAfter: try #require(UnixSeconds(text: until)))
        }
        let windows = [
            try window("2026-11-23T12:00:00Z", "2026-11-23T20:00:00Z"),
            try window("2026-11-24T12:00:00Z", "2026-11-24T13:00:00Z"),
        ]
        #expect(try Self.last("granted", "2026-11-23T12:00:00Z", granted: windows) == "2026-11-23T20:00:00Z")
        #expect(try Self.last("granted", "2026-11-23T20:00:00Z", granted: windows) == "2026-11-23T20:00:00Z")
        #expect(try Self.last("granted", "2026-11-23T20:00:01Z", granted: windows) == nil)
        #expect(try Self.last("granted", "2026-11-23T12:00:00Z") == nil)
        #expect(try Self.last("07:00-13:00; granted", "2026-11-23T12:00:00Z", granted: windows) == "2026-11-23T20:00:00Z")
        #expect(try Self.last("07:00-13:00; granted", "2026-11-24T12:30:00Z", granted: windows) == "2026-11-24T13:00:00Z")
        #expect(try Self.last("07:00-13:00", "2026-11-23T15:00:00Z", granted: windows) == nil)
    }

    @Test("the zone is named once")
    func zone() throws {
        #expect(try WeeklyHours("Mon 07:00-08:00; Tue 07:00-08:00 Europe/Berlin").zoneName == "Europe/Berlin")
        #expect(try WeeklyHours("granted").zoneName == nil)
        #expect(throws: WeeklyHours.Failure.severalZones("UTC", "Europe/Berlin")) {
            try WeeklyHours("Mon 07:00-08:00 UTC; Tue 07:00-08:00 Europe/Berlin")
        }
    }

    @Test(
        "what cannot be read is no hours",
        arguments: [
            "", "Mon", "07:00", "7:00-19:00", "07:00-19:60", "24:00-07:00", "07:00-24:01", "mon 07:00-19:00",
            "Mon-Tue-Wed 07:00-08:00", "Mon- 07:00-08:00", "Mon, 07:00-08:00", "07:00-19:00;", "Mon 07:00-19:00 UTC more",
            "granted UTC more", "-07:00-08:00",
        ])
    func unreadable(text: String) {
        let failure = #expect(throws: WeeklyHours.Failure.self) { try WeeklyHours(text) }
        if case .unreadable = failure {} else { Issue.record("\(String(describing: failure))") }
    }

    @Test("hours that end as they begin are nobody's meaning")
    func empty() {
        #expect(throws: WeeklyHours.Failure.endsAsItBegins("07:00-07:00")) { try WeeklyHours("Mon 07:00-07:00") }
    }
}
