/// Writes the fields of a file of ours: integers least significant octet first, everything else behind its length.
struct OctetWriter {
    private(set) var octets: [UInt8] = []

    mutating func write(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { octets.append(contentsOf: $0) }
    }

    mutating func write(_ field: [UInt8]) {
        write(UInt32(field.count))
        octets += field
    }

    mutating func write(_ text: String) { write(Array(text.utf8)) }

    mutating func write<Value>(optional value: Value?, _ body: (inout Self, Value) -> Void) {
        write(UInt8(value == nil ? 0 : 1))
        if let value { body(&self, value) }
    }
}

/// Reads them again. Whatever is short or odd is one failure: the file is made anew from its list.
struct OctetReader {
    struct Failure: Error {}

    private let octets: [UInt8]
    private var position: Int

    init(_ octets: [UInt8], from position: Int = 0) {
        self.octets = octets
        self.position = position
    }

    var isAtEnd: Bool { position == octets.count }

    mutating func read<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(Failure) -> Number {
        let size = MemoryLayout<Number>.size
        guard octets.count - position >= size else { throw Failure() }
        let number = octets.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Number.self) }
        position += size
        return Number(littleEndian: number)
    }

    mutating func readOctets() throws(Failure) -> [UInt8] {
        let count = Int(try read(UInt32.self))
        guard octets.count - position >= count else { throw Failure() }
        defer { position += count }
        return Array(octets[position..<(position + count)])
    }

    mutating func readText() throws(Failure) -> String { String(decoding: try readOctets(), as: UTF8.self) }

    mutating func readOptional<Value>(_ body: (inout Self) throws(Failure) -> Value) throws(Failure) -> Value? {
        switch try read(UInt8.self) {
        case 0: return nil
        case 1: return try body(&self)
        default: throw Failure()
        }
    }
}

/// A checksum of long sections: tells accidents, not intent, which the directory's mode keeps out.
enum SectionChecksum {
    static func of(_ octets: UnsafeRawBufferPointer) -> UInt64 {
        var lanes = SIMD4<UInt64>(0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb, 0x2545_f491_4f6c_dd1d)
        var offset = 0
        while offset + 32 <= octets.count {
            for lane in 0..<4 {
                let word = UInt64(littleEndian: octets.loadUnaligned(fromByteOffset: offset + lane * 8, as: UInt64.self))
                lanes[lane] = folded(lanes[lane] ^ word, 0xa076_1d64_78bd_642f)
            }
            offset += 32
        }
        var sum = UInt64(octets.count)
        for lane in 0..<4 { sum = folded(sum ^ lanes[lane], 0xe703_7ed1_a0b4_28db) }
        for octet in octets[offset...] { sum = folded(sum ^ UInt64(octet), 0x8ebc_6af0_9c88_c6e3) }
        return sum
    }

    @inline(__always)
    private static func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
        // Never zero by its first half, which would forget what came before.
        let product = (left | 1).multipliedFullWidth(by: right)
        return product.high ^ product.low ^ (left << 17)
    }
}
