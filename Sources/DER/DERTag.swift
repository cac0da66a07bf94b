/// The identifier octet of a DER element: class, primitive or constructed, and a tag number below 31.
///
/// X.509 uses no tag number above 30, so the high-tag-number form is not read at all.
package struct DERTag: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Written out: the one that comes with RawRepresentable is generic and not specialised across modules.
    @inlinable package static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
    @inlinable package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

    @inlinable package static var boolean: Self { Self(rawValue: 0x01) }
    @inlinable package static var integer: Self { Self(rawValue: 0x02) }
    @inlinable package static var bitString: Self { Self(rawValue: 0x03) }
    @inlinable package static var octetString: Self { Self(rawValue: 0x04) }
    @inlinable package static var null: Self { Self(rawValue: 0x05) }
    @inlinable package static var objectIdentifier: Self { Self(rawValue: 0x06) }
    @inlinable package static var enumerated: Self { Self(rawValue: 0x0a) }
    @inlinable package static var utf8String: Self { Self(rawValue: 0x0c) }
    @inlinable package static var sequence: Self { Self(rawValue: 0x30) }
    @inlinable package static var set: Self { Self(rawValue: 0x31) }
    @inlinable package static var numericString: Self { Self(rawValue: 0x12) }
    @inlinable package static var printableString: Self { Self(rawValue: 0x13) }
    @inlinable package static var teletexString: Self { Self(rawValue: 0x14) }
    @inlinable package static var ia5String: Self { Self(rawValue: 0x16) }
    @inlinable package static var utcTime: Self { Self(rawValue: 0x17) }
    @inlinable package static var generalizedTime: Self { Self(rawValue: 0x18) }
    @inlinable package static var visibleString: Self { Self(rawValue: 0x1a) }
    @inlinable package static var universalString: Self { Self(rawValue: 0x1c) }
    @inlinable package static var bmpString: Self { Self(rawValue: 0x1e) }

    /// `[number]` with a primitive encoding: an IMPLICIT tag over a primitive type.
    @inlinable package static func contextPrimitive(_ number: UInt8) -> Self { Self(rawValue: 0x80 | number) }
    /// `[number]` with a constructed encoding: an EXPLICIT tag, or an IMPLICIT one over a SEQUENCE or SET.
    @inlinable package static func contextConstructed(_ number: UInt8) -> Self { Self(rawValue: 0xa0 | number) }

    package enum TagClass: UInt8, Sendable { case universal = 0, application = 1, contextSpecific = 2, `private` = 3 }

    package var tagClass: TagClass {
        switch rawValue >> 6 {
        case 0: .universal
        case 1: .application
        case 2: .contextSpecific
        default: .private
        }
    }
    package var isConstructed: Bool { rawValue & 0x20 != 0 }
    package var number: UInt8 { rawValue & 0x1f }
}
