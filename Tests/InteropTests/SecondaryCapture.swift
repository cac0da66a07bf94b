/// A DICOM file (PS3.10) with one uncompressed Secondary Capture image, written by hand: 4096 × 4096 samples of 16 bits, so
/// that its pixel data is 32 MiB.
struct SecondaryCapture {
    static let instance = "1.2.826.0.1.3680043.10.1.1"
    static let pixelOctets = 32 << 20
    private static let storageClass = "1.2.840.10008.5.1.4.1.1.7"
    private static let explicitLittleEndian = "1.2.840.10008.1.2.1"

    /// Everything after the file meta group: what travels over the network.
    let dataset: [UInt8]

    init() {
        var dataset: [UInt8] = []
        dataset += Self.element(0x0008, 0x0016, "UI", Self.padded(Self.storageClass, with: 0))
        dataset += Self.element(0x0008, 0x0018, "UI", Self.padded(Self.instance, with: 0))
        dataset += Self.element(0x0008, 0x0060, "CS", Self.padded("OT", with: 0x20))
        dataset += Self.element(0x0010, 0x0010, "PN", Self.padded("Test^Patient", with: 0x20))
        dataset += Self.element(0x0010, 0x0020, "LO", Self.padded("12345", with: 0x20))
        dataset += Self.element(0x0020, 0x000d, "UI", Self.padded("1.2.826.0.1.3680043.10.1.2", with: 0))
        dataset += Self.element(0x0020, 0x000e, "UI", Self.padded("1.2.826.0.1.3680043.10.1.3", with: 0))
        dataset += Self.element(0x0028, 0x0002, "US", Self.number(1))
        dataset += Self.element(0x0028, 0x0004, "CS", Self.padded("MONOCHROME2", with: 0x20))
        for (number, value) in [
            (UInt16(0x0010), UInt16(4096)), (0x0011, 4096), (0x0100, 16), (0x0101, 16), (0x0102, 15), (0x0103, 0),
        ] {
            dataset += Self.element(0x0028, number, "US", Self.number(value))
        }
        dataset += Self.element(0x7fe0, 0x0010, "OW", Self.pixels())
        self.dataset = dataset
    }

    var file: [UInt8] {
        var meta: [UInt8] = []
        meta += Self.element(0x0002, 0x0001, "OB", [0, 1])
        meta += Self.element(0x0002, 0x0002, "UI", Self.padded(Self.storageClass, with: 0))
        meta += Self.element(0x0002, 0x0003, "UI", Self.padded(Self.instance, with: 0))
        meta += Self.element(0x0002, 0x0010, "UI", Self.padded(Self.explicitLittleEndian, with: 0))
        meta += Self.element(0x0002, 0x0012, "UI", Self.padded("1.2.826.0.1.3680043.10.1", with: 0))
        let length = Self.element(0x0002, 0x0000, "UL", Self.number(UInt32(meta.count)))
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + length + meta + dataset
    }

    /// What follows the file meta group of a DICOM file; nil when `file` is none.
    static func dataset(of file: [UInt8]) -> [UInt8]? {
        guard file.count > 144, Array(file[128..<132]) == Array("DICM".utf8) else { return nil }
        let length = (0..<4).reduce(0) { $0 | Int(file[140 + $1]) << (8 * $1) }
        guard 144 + length <= file.count else { return nil }
        return Array(file[(144 + length)...])
    }

    /// Explicit VR, little endian (PS3.5 §7.1.2).
    private static func element(_ group: UInt16, _ element: UInt16, _ representation: String, _ value: [UInt8]) -> [UInt8] {
        let isLong = ["OB", "OW"].contains(representation)
        let length = isLong ? [0, 0] + number(UInt32(value.count)) : number(UInt16(value.count))
        return number(group) + number(element) + Array(representation.utf8) + length + value
    }

    private static func number<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    /// Values have even lengths (PS3.5 §6.2).
    private static func padded(_ text: String, with octet: UInt8) -> [UInt8] {
        Array(text.utf8) + (text.utf8.count % 2 == 0 ? [] : [octet])
    }

    private static func pixels() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: pixelOctets) { buffer, count in
            buffer.withMemoryRebound(to: UInt64.self) { words in
                // xorshift64: no two stretches alike, so that octets that change places are seen.
                var state: UInt64 = 0x9e37_79b9_7f4a_7c15
                for position in words.indices {
                    state ^= state << 13
                    state ^= state >> 7
                    state ^= state << 17
                    words[position] = state
                }
            }
            count = pixelOctets
        }
    }
}
