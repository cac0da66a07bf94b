import PKITypes
import Testing

@Suite("A fingerprint") struct FingerprintTests {
    @Test("gives back its 32 octets and reads as lower-case hexadecimal")
    func roundTrip() throws {
        let octets = (0..<32).map { UInt8($0 * 8 + 7) }
        let fingerprint = try #require(Fingerprint(octets: octets))
        #expect(fingerprint.octets == octets)
        #expect(fingerprint.description == Hexadecimal.lowerCase(octets))
        #expect(fingerprint.description.utf8.count == 64)
    }

    @Test("has no other length", arguments: [0, 20, 31, 33, 64])
    func lengths(count: Int) {
        #expect(Fingerprint(octets: [UInt8](repeating: 0, count: count)) == nil)
    }

    @Test("differs when any octet differs", arguments: 0..<32)
    func differs(position: Int) throws {
        var octets = [UInt8](repeating: 0, count: 32)
        let zero = try #require(Fingerprint(octets: octets))
        octets[position] = 1
        let changed = try #require(Fingerprint(octets: octets))
        #expect(changed != zero)
    }
}
