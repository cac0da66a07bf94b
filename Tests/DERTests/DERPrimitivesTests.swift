import DER
import DERTesting
import Testing

@Suite("DER primitives") struct DERPrimitivesTests {
    @Test(
        "a BOOLEAN is 00 or FF",
        arguments: [
            ([1, 1, 0x00], false), ([1, 1, 0xff], true), ([1, 1, 0x01], nil), ([1, 0], nil), ([1, 2, 0xff, 0xff], nil),
        ] as [([UInt8], Bool?)])
    func boolean(bytes: [UInt8], expected: Bool?) {
        var reader = DERReader(bytes)
        #expect((try? reader.readBoolean()) == expected)
    }

    @Test(
        "an INTEGER is in its shortest form",
        arguments: [
            ([0x00], true), ([0x7f], true), ([0x80], true), ([0x00, 0x80], true), ([0xff, 0x7f], true), ([0x01, 0x00], true),
            ([], false), ([0x00, 0x00], false), ([0x00, 0x7f], false), ([0xff, 0x80], false), ([0xff, 0xff, 0x00], false),
        ] as [([UInt8], Bool)])
    func integer(contents: [UInt8], isValid: Bool) {
        var reader = DERReader(Encode.integer(octets: contents))
        #expect(((try? reader.readInteger()) == 2..<(2 + contents.count)) == isValid)
    }

    @Test(
        "a small INTEGER is within 0 and 2^31 - 1",
        arguments: [
            ([0], 0), ([0x7f], 127), ([0x00, 0xff], 255), ([0x7f, 0xff, 0xff, 0xff], 0x7fff_ffff),
            ([0x00, 0x80, 0x00, 0x00, 0x00], nil), ([0xff], nil), ([0x80], nil), ([1, 0, 0, 0, 0, 0, 0, 0, 0], nil),
        ] as [([UInt8], Int?)])
    func smallInteger(contents: [UInt8], expected: Int?) {
        var reader = DERReader(Encode.integer(octets: contents))
        #expect((try? reader.readSmallInteger()) == expected)
    }

    @Test("a NULL is empty")
    func null() {
        var good = DERReader(Encode.null)
        #expect(throws: Never.self) { try good.readNull() }
        var bad = DERReader([5, 1, 0])
        #expect(throws: DERFailure(.nullInvalid, at: 0)) { try bad.readNull() }
    }

    @Test(
        "a BIT STRING counts its unused bits and leaves them zero",
        arguments: [
            ([0], 0, 0), ([0, 0xff], 1, 0), ([7, 0x80], 1, 7), ([4, 0xab, 0xf0], 2, 4),
            ([], nil, nil), ([1], nil, nil), ([8, 0x00], nil, nil), ([1, 0x01], nil, nil), ([7, 0xc0], nil, nil),
            ([255, 0], nil, nil),
        ] as [([UInt8], Int?, UInt8?)])
    func bitString(contents: [UInt8], octets: Int?, unusedBits: UInt8?) {
        var reader = DERReader(Encode.tlv(0x03, contents))
        let bits = try? reader.readBitString()
        #expect(bits?.octets.count == octets)
        #expect(bits?.unusedBits == unusedBits)
    }

    @Test("a BIT STRING of octets has no unused bits")
    func bitStringOfOctets() throws {
        var good = DERReader(Encode.bitString([1, 2]))
        #expect(try good.readBitStringOfOctets() == 3..<5)
        var bad = DERReader(Encode.bitString([2], unusedBits: 1))
        #expect(throws: DERFailure(.bitStringInvalid, at: 0)) { try bad.readBitStringOfOctets() }
    }
}
