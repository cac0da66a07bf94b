import DER
import DERTesting
import Testing

@Suite("A DER reader") struct DERReaderTests {
    @Test(
        "refuses an element that DER does not allow, and says where",
        arguments: [
            ([], DERFailure.Reason.truncated, 0),
            ([0x30], .truncated, 0),
            ([0x30, 0x01], .truncated, 0),
            ([0x30, 0x80, 0x00, 0x00], .indefiniteLength, 1),
            ([0x30, 0x81, 0x7f] + [UInt8](repeating: 0, count: 127), .lengthNotMinimal, 1),
            ([0x30, 0x82, 0x00, 0x80] + [UInt8](repeating: 0, count: 128), .lengthNotMinimal, 1),
            ([0x30, 0x82, 0x01], .truncated, 2),
            ([0x30, 0x84, 0xff, 0xff, 0xff, 0xff], .truncated, 0),
            ([0x30, 0x85, 0x01, 0x00, 0x00, 0x00, 0x00], .lengthTooLong, 1),
            ([0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], .lengthTooLong, 1),
            ([0x30, 0xff], .lengthTooLong, 1),
            ([0x1f, 0x01, 0x00], .highTagNumber, 0),
            ([0xbf, 0x81, 0x01, 0x00], .highTagNumber, 0),
        ] as [([UInt8], DERFailure.Reason, Int)])
    func refusesElement(bytes: [UInt8], reason: DERFailure.Reason, offset: Int) {
        var reader = DERReader(bytes)
        #expect(throws: DERFailure(reason, at: offset)) { try reader.readElement() }
    }

    @Test("reads elements of every length form", arguments: [0, 1, 127, 128, 255, 256, 65_535, 65_536])
    func readsLengths(count: Int) throws {
        let bytes = Encode.octetString([UInt8](repeating: 7, count: count))
        var reader = DERReader(bytes)
        let element = try reader.readElement()
        #expect(element.tag == .octetString)
        #expect(element.contents.count == count)
        #expect(element.range == 0..<bytes.count)
        try reader.requireEnd()
    }

    @Test("does not let a child reach beyond its parent")
    func childStaysInside() throws {
        let bytes: [UInt8] = [0x30, 0x02, 0x04, 0x05, 1, 2, 3, 4, 5]
        var outer = DERReader(bytes)
        var inner = try outer.readSequence()
        #expect(throws: DERFailure(.truncated, at: 2)) { try inner.readElement() }
        #expect(throws: DERFailure(.trailingBytes, at: 4)) { try outer.requireEnd() }
    }

    @Test("stops at its depth limit instead of recursing without end")
    func depthLimit() {
        var bytes: [UInt8] = []
        for _ in 0...DERReader.maximumDepth { bytes = Encode.sequence(bytes) }
        var reader = DERReader(bytes)
        #expect(throws: DERFailure(.tooDeep, at: 2 * DERReader.maximumDepth)) {
            while true { reader = try reader.readSequence() }
        }
    }

    @Test("names the tag it wanted and the one it found")
    func unexpectedTag() throws {
        var reader = DERReader(Encode.null)
        #expect(throws: DERFailure(.unexpectedTag(expected: .sequence, found: .null), at: 0)) { try reader.readSequence() }
        try reader.readNull()
        #expect(throws: DERFailure(.unexpectedEnd(expected: .null), at: 2)) { try reader.readNull() }
    }

    @Test("takes tags apart")
    func tags() {
        #expect(DERTag.contextConstructed(3).tagClass == .contextSpecific)
        #expect(DERTag.contextConstructed(3).isConstructed && DERTag.contextConstructed(3).number == 3)
        #expect(DERTag.integer.tagClass == .universal && !DERTag.integer.isConstructed)
        #expect(DERTag(rawValue: 0x41).tagClass == .application && DERTag(rawValue: 0xc1).tagClass == .private)
    }

    @Test("throws or reads any two octets and any short string, and never traps")
    func neverTraps() {
        var read = 0
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                for tail in [[], [0], [0x80], [1, 2, 3, 4, 5, 6, 7, 8, 9]] as [[UInt8]] {
                    var reader = DERReader([first, second] + tail)
                    if (try? reader.readElement()) != nil { read += 1 }
                    #expect(reader.position <= reader.end)
                }
            }
        }
        #expect(read > 0)
    }
}
