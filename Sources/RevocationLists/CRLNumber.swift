import DER

/// The number of a certificate revocation list (RFC 5280 §5.2.3): up to twenty octets, ordered as numbers.
package struct CRLNumber: Hashable, Comparable, Sendable {
    /// RFC 5280 §5.2.3.
    package static let maximumOctets = 20

    /// Big-endian without leading zero octets; empty for zero.
    package let octets: [UInt8]

    /// Nil when the number needs more than ``maximumOctets``.
    package init?(octets: some Sequence<UInt8>) {
        let significant = Array(octets.drop { $0 == 0 })
        guard significant.count <= Self.maximumOctets else { return nil }
        self.octets = significant
    }

    /// The value of a cRLNumber extension.
    package init(from extensionValue: DERReader) throws(DERFailure) {
        var reader = extensionValue
        let start = reader.position
        let contents = reader.bytes[try reader.readInteger()]
        try reader.requireEnd()
        guard contents.first.map({ $0 < 0x80 }) == true, let number = Self(octets: contents) else {
            throw DERFailure(.integerOutOfRange, at: start)
        }
        self = number
    }

    package static func < (left: Self, right: Self) -> Bool {
        if left.octets.count != right.octets.count { return left.octets.count < right.octets.count }
        return left.octets.lexicographicallyPrecedes(right.octets)
    }
}

extension CRLNumber: CustomStringConvertible {
    /// Hexadecimal, as `openssl crl -crlnumber` prints it.
    package var description: String {
        let digits = octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
        return octets.isEmpty ? "0x00" : "0x" + digits.joined()
    }
}
