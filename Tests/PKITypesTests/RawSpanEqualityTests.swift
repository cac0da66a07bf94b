import PKITypes
import Testing

@Suite("Runs of octets are the same")
struct RawSpanEqualityTests {
    @Test("as arrays say, for every length up to three words and one octet changed anywhere", arguments: 0...25)
    func equality(length: Int) {
        let octets = (0..<length).map { _ in UInt8.random(in: 0...255) }
        #expect(octets.span.bytes.isEqual(to: Array(octets).span.bytes))
        #expect(!octets.span.bytes.isEqual(to: (octets + [0]).span.bytes))
        for position in octets.indices {
            var other = octets
            other[position] ^= 1
            #expect(!octets.span.bytes.isEqual(to: other.span.bytes))
        }
    }

    @Test("within a longer run only where they stand, and never beyond its end", arguments: [0, 1, 7, 8, 9, 20])
    func offsets(length: Int) {
        let part = (0..<length).map { UInt8($0 + 100) }
        let whole = [1, 2, 3] + part + [4]
        #expect(whole.span.bytes.isEqual(to: part.span.bytes, at: 3))
        for offset in [-1, 0, 2, 4, 5, whole.count + 1] where length > 0 {
            #expect(!whole.span.bytes.isEqual(to: part.span.bytes, at: offset))
        }
    }
}
