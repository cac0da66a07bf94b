import PKITypes
import Testing

@Suite("Text that is read back")
struct ReadTextTests {
    @Test(
        "A moment reads as it was written",
        arguments: [0, -1, 951_782_399, 951_782_400, 1_709_164_800, 253_402_300_799, -62_135_596_800])
    func moments(seconds: Int64) {
        #expect(UnixSeconds(text: UnixSeconds(seconds).text) == UnixSeconds(seconds))
    }

    @Test(
        "What no calendar has, and every other spelling, is no moment",
        arguments: [
            "", "2026-11-23", "2026-11-23T15:04:05", "2026-11-23t15:04:05Z", "2026-11-23T15:04:05+00:00", "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:0xZ",
            "+026-01-01T00:00:00Z",
        ]
    )
    func noMoments(text: String) {
        #expect(UnixSeconds(text: text) == nil)
    }

    @Test("Octets read as they were written, in either case; half an octet and other letters do not")
    func octets() {
        let octets = Array(UInt8.min...UInt8.max)
        #expect(Hexadecimal.octets(Hexadecimal.lowerCase(octets)) == octets)
        #expect(Hexadecimal.octets(Hexadecimal.upperCase(octets)) == octets)
        #expect(Hexadecimal.octets("")?.isEmpty == true)
        for text in ["0", "0g", "0x", "é0", " 00"] { #expect(Hexadecimal.octets(text) == nil) }
    }

    @Test("A key's fingerprint is 32 octets")
    func keys() throws {
        let text = String(repeating: "0Af9", count: 16)
        let key = try #require(KeyFingerprint(text: text))
        #expect(key.description == text.lowercased() && key == KeyFingerprint(octets: key.octets))
        #expect(KeyFingerprint(text: text.dropLast(2)) == nil && KeyFingerprint(octets: []) == nil)
    }
}
