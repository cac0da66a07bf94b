import PKITypes
import Testing

@Suite("Runs of octets are the same")
struct RawSpanEqualityTests {
    private static func holds(_ octets: [UInt8], _ other: [UInt8], at offset: Int? = nil) -> Bool {
        guard let offset else { return octets.span.bytes.isEqual(to: other.span.bytes) }
        return octets.span.bytes.isEqual(to: other.span.bytes, at: offset)
    }

    @Test("as arrays say, for every length up to three words and one octet changed anywhere", arguments: 0...25)
    func equality(length: Int) {
        let octets = (0..<length).map { _ in UInt8.random(in: 0...255) }
        #expect(Self.holds(octets, Array(octets)))
        #expect(!Self.holds(octets, (octets + [0])))
        for position in octets.indices {
            var other = octets
            other[position] ^= 1
            #expect(!Self.holds(octets, other))
        }
    }

    @Test("within a longer run only where they stand, and never beyond its end", arguments: [0, 1, 7, 8, 9, 20])
    func offsets(length: Int) {
        let part = (0..<length).map { UInt8($0 + 100) }
        let whole = [1, 2, 3] + part + [4]
        #expect(Self.holds(whole, part, at: 3))
        for offset in [-1, 0, 2, 4, 5, whole.count + 1] where length > 0 {
            #expect(!Self.holds(whole, part, at: offset))
        }
    }
}
