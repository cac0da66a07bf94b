import OfflineVerification
import PKITypes
import Testing

@Suite("Moments on the command line")
struct MomentTextTests {
    @Test(
        "seconds since 1970 and RFC 3339 are read",
        arguments: [
            ("0", 0), ("1302825600", 1_302_825_600), ("-1", -1), ("2011-04-15T00:00:00Z", 1_302_825_600),
            ("2011-04-15T02:00:00+02:00", 1_302_825_600), ("2011-04-14T19:30:00-04:30", 1_302_825_600),
            ("2011-04-15t00:00:00z", 1_302_825_600), ("2011-04-15T00:00:00.999Z", 1_302_825_600),
            ("1969-12-31T23:59:59Z", -1), ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] as [(String, Int64)]
    )
    func read(text: String, seconds: Int64) {
        #expect(MomentText.moment(text) == UnixSeconds(seconds))
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "now", "2011-04-15", "2011-04-15T00:00:00", "2011-13-15T00:00:00Z", "2011-02-30T00:00:00Z",
            "2011-04-15T25:00:00Z",
            "2011-04-15T00:00:00Zulu", "1302825600.5", "253402300800", "0x10", "15 April 2011",
        ]
    )
    func refused(text: String) {
        #expect(MomentText.moment(text) == nil)
    }
}
