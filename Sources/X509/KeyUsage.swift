import DER

/// What a certificate's key may be used for: the bits of RFC 5280 §4.2.1.3, bit n of the standard as 1 << n.
package struct KeyUsage: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let digitalSignature = Self(rawValue: 1 << 0)
    package static let contentCommitment = Self(rawValue: 1 << 1)
    package static let keyEncipherment = Self(rawValue: 1 << 2)
    package static let dataEncipherment = Self(rawValue: 1 << 3)
    package static let keyAgreement = Self(rawValue: 1 << 4)
    package static let keyCertSign = Self(rawValue: 1 << 5)
    package static let cRLSign = Self(rawValue: 1 << 6)
    package static let encipherOnly = Self(rawValue: 1 << 7)
    package static let decipherOnly = Self(rawValue: 1 << 8)

    /// Trailing zero bits, which DER leaves out of a named bit list, are let pass: they change no meaning and issuers of
    /// device certificates write them. An empty set is refused: §4.2.1.3 wants at least one bit.
    init(from extensionValue: DERReader) throws(DERFailure) {
        var reader = extensionValue
        let start = reader.position
        let bits = try reader.readBitString()
        try reader.requireEnd()
        var rawValue: UInt16 = 0
        for (position, octet) in reader.bytes[bits.octets].prefix(2).enumerated() {
            for bit in 0..<8 where octet & (0x80 >> UInt8(bit)) != 0 { rawValue |= 1 << UInt16(position * 8 + bit) }
        }
        guard rawValue != 0 else { throw DERFailure(.extensionInvalid(.keyUsage), at: start) }
        self.rawValue = rawValue
    }
}
