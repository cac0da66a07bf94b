import LabPKI
import PKITypes
import Testing

@Suite("Times and DER of the laboratory")
struct LabTimeTests {
    @Test(
        "a moment is written as people and as X.509 write it",
        arguments: [
            (0, "1970-01-01T00:00:00Z", "700101000000Z"),
            (951_826_554, "2000-02-29T12:15:54Z", "000229121554Z"),
            (-631_152_000, "1950-01-01T00:00:00Z", "500101000000Z"),
            (-631_152_001, "1949-12-31T23:59:59Z", "19491231235959Z"),
            (2_524_607_999, "2049-12-31T23:59:59Z", "491231235959Z"),
            (2_524_608_000, "2050-01-01T00:00:00Z", "20500101000000Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z", "99991231235959Z"),
        ] as [(Int64, String, String)]
    )
    func moments(seconds: Int64, text: String, digits: String) {
        let moment = UnixSeconds(seconds)
        #expect(LabTime.text(moment) == text)
        #expect(LabTime.moment(text) == moment)
        let tag: UInt8 = digits.utf8.count == 13 ? 0x17 : 0x18
        #expect(LabTime.der(moment) == [tag, UInt8(digits.utf8.count)] + Array(digits.utf8))
    }

    @Test(
        "what is not a moment is refused",
        arguments: ["", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01 00:00:00", "2026-01-01T00:00:00+01:00"]
    )
    func notMoments(text: String) { #expect(LabTime.moment(text) == nil) }

    @Test(
        "integers are minimal and positive",
        arguments: [
            (0, [0x02, 0x01, 0x00]), (127, [0x02, 0x01, 0x7f]), (128, [0x02, 0x02, 0x00, 0x80]),
            (65_535, [0x02, 0x03, 0x00, 0xff, 0xff]),
            (.max, [0x02, 0x09, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ] as [(UInt64, [UInt8])]
    )
    func integers(value: UInt64, der: [UInt8]) { #expect(LabDER.integer(value) == der) }

    @Test(
        "lengths take the shortest form",
        arguments: [
            (0x7f, [0x04, 0x7f]), (0x80, [0x04, 0x81, 0x80]), (0x100, [0x04, 0x82, 0x01, 0x00]),
            (0x10000, [0x04, 0x83, 0x01, 0x00, 0x00]),
        ] as [(Int, [UInt8])]
    )
    func lengths(length: Int, header: [UInt8]) { #expect(LabDER.header(0x04, length: length) == header) }

    @Test("object identifiers take base 128")
    func objectIdentifiers() {
        #expect(LabDER.objectIdentifier("1.2.840.113549") == [0x06, 0x06, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d])
        #expect(LabDER.objectIdentifier("2.999.3") == [0x06, 0x03, 0x88, 0x37, 0x03])
    }
}
