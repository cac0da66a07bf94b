/// The Castagnoli checksum (RFC 3720 §12.1), with which a PROXY header guards itself.
package struct CRC32C: Sendable {
    /// The polynomial 0x1EDC6F41 with its bits reversed.
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
    }

    package static func checksum(_ octets: some Sequence<UInt8>) -> UInt32 {
        ~octets.reduce(~0) { value, octet in value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ octet)] }
    }
}
