import DER

/// A set of revocation reasons: ReasonFlags of RFC 5280 §4.2.1.13, bit n of the standard as 1 << n. What a list, or a
/// distribution point, is limited to.
///
/// The bits are not the codes of CRLReason: 7 and 8 here are 9 and 10 there. Bit 0 is unused and never kept.
package struct ReasonFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue & Self.usedBits }

    private static let usedBits: UInt16 = 0b1_1111_1110
    /// How many reasons there are to cover.
    package static let count = 8

    package static let keyCompromise = Self(rawValue: 1 << 1)
    package static let caCompromise = Self(rawValue: 1 << 2)
    package static let affiliationChanged = Self(rawValue: 1 << 3)
    package static let superseded = Self(rawValue: 1 << 4)
    package static let cessationOfOperation = Self(rawValue: 1 << 5)
    package static let certificateHold = Self(rawValue: 1 << 6)
    package static let privilegeWithdrawn = Self(rawValue: 1 << 7)
    package static let aaCompromise = Self(rawValue: 1 << 8)
    package static let all = Self(rawValue: usedBits)

    /// An IMPLICIT BIT STRING. Trailing zero bits, which DER leaves out, are let pass: they change no meaning.
    package init(from element: DERElement, in reader: DERReader) throws(DERFailure) {
        let contents = reader.bytes[element.contents]
        guard let unusedBits = contents.first, unusedBits <= 7, contents.count > 1 || unusedBits == 0 else {
            throw DERFailure(.bitStringInvalid, at: element.start)
        }
        if contents.count > 1, let last = contents.last, last & (UInt8(1) << unusedBits &- 1) != 0 {
            throw DERFailure(.bitStringInvalid, at: element.start)
        }
        var rawValue: UInt16 = 0
        for (position, octet) in contents.dropFirst().prefix(2).enumerated() {
            for bit in 0..<8 where octet & (0x80 >> UInt8(bit)) != 0 { rawValue |= 1 << UInt16(position * 8 + bit) }
        }
        self.init(rawValue: rawValue)
    }
}
