import DER
import DERTesting
import PKITypes
import Testing

@Suite("X.509 times") struct DERTimeTests {
    @Test(
        "UTCTime is read with the pivot of RFC 5280",
        arguments: [
            ("700101000000Z", 0), ("691231235959Z", -1), ("500101000000Z", -631_152_000), ("491231235959Z", 2_524_607_999),
            ("000229120000Z", 951_825_600), ("991231235959Z", 946_684_799),
        ] as [(String, Int64)])
    func utcTime(text: String, seconds: Int64) throws {
        var reader = DERReader(Encode.utcTime(text))
        #expect(try reader.readTime() == UnixSeconds(seconds))
    }

    @Test(
        "GeneralizedTime is read from year 0 to the end of 9999",
        arguments: [
            ("19700101000000Z", 0), ("99991231235959Z", 253_402_300_799), ("00000101000000Z", -62_167_219_200),
            ("20000229000000Z", 951_782_400), ("20260101000000Z", 1_767_225_600), ("19000301000000Z", -2_203_891_200),
        ] as [(String, Int64)])
    func generalizedTime(text: String, seconds: Int64) throws {
        var reader = DERReader(Encode.generalizedTime(text))
        #expect(try reader.readTime() == UnixSeconds(seconds))
    }

    @Test(
        "UTCTime that RFC 5280 does not allow is refused",
        arguments: [
            "", "7001010000Z", "700101000000", "700101000000+0000", "700101000000-0500", "700101000000z", "701301000000Z",
            "700001000000Z", "700100000000Z", "700132000000Z", "700431000000Z", "700229000000Z", "700101240000Z",
            "700101006000Z", "700101000060Z", "7001010000 0Z", "70010100000\u{0}Z", "-00101000000Z", "700101000000ZZ",
        ])
    func badUTCTime(text: String) {
        var reader = DERReader(Encode.utcTime(text))
        #expect(throws: DERFailure(.timeInvalid, at: 0)) { try reader.readTime() }
    }

    @Test(
        "GeneralizedTime that RFC 5280 does not allow is refused",
        arguments: [
            "20260101000000", "20260101000000.0Z", "20260101000000.Z", "202601010000Z", "20260101000000+00", "21000229000000Z",
            "2026010100000:Z", "19000229000000Z", "20261301000000Z",
        ])
    func badGeneralizedTime(text: String) {
        var reader = DERReader(Encode.generalizedTime(text))
        #expect(throws: DERFailure(.timeInvalid, at: 0)) { try reader.readTime() }
    }

    @Test("every day of 400 years is one day after the day before it")
    func calendarIsContinuous() throws {
        var previous: Int64?
        for year in 1900..<2300 {
            for month in 1...12 {
                for day in 1...31 {
                    let digits = [year / 100, year % 100, month, day].map { ($0 < 10 ? "0" : "") + String($0) }
                    var reader = DERReader(Encode.generalizedTime(digits.joined() + "000000Z"))
                    guard let moment = try? reader.readTime() else {
                        #expect(day > 28, "\(year)-\(month)-\(day)")
                        continue
                    }
                    if let previous, moment.rawValue != previous + 86_400 { Issue.record("gap at \(year)-\(month)-\(day)") }
                    previous = moment.rawValue
                }
            }
        }
        #expect(previous == 10_413_705_600)
    }
}
