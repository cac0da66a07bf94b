import DER

/// One attribute of a distinguished name, where it stands in the DER, and which relative name it belongs to.
package struct NameAttribute: Hashable, Sendable {
    package let type: ObjectIdentifier
    package let value: DERElement
    /// Attributes with the same position form one (multi-valued) relative name; the first is the least specific.
    package let relativeName: Int

    /// More than any directory nests; bounds the work on a hostile name.
    package static let maximumCount = 64

    /// Name ::= SEQUENCE OF SET SIZE (1..MAX) OF SEQUENCE { type, value } (RFC 5280 §4.1.2.4).
    package static func list(from reader: inout DERReader) throws(DERFailure) -> [NameAttribute] {
        var attributes: [NameAttribute] = []
        var name = try reader.readSequence()
        var relativeName = 0
        while !name.isAtEnd {
            var set = try name.readContents(.set)
            guard !set.isAtEnd else { throw DERFailure(.emptySequence, at: set.position) }
            while !set.isAtEnd {
                var pair = try set.readSequence()
                guard attributes.count < maximumCount else {
                    throw DERFailure(.tooMany(limit: maximumCount), at: pair.position)
                }
                let type = try pair.readObjectIdentifier()
                let value = try pair.readElement()
                try pair.requireEnd()
                attributes.append(NameAttribute(type: type, value: value, relativeName: relativeName))
            }
            relativeName += 1
        }
        return attributes
    }

    /// The value as UTF-8 when its type is one of the character strings that names are compared by, nil for another type.
    ///
    /// As OpenSSL compares names: eight-bit strings are Latin-1, whatever their type allows.
    package func text(in bytes: [UInt8]) throws(DERFailure) -> ArraySlice<UInt8>? {
        let octets = bytes[value.contents]
        switch value.tag {
        case .printableString, .ia5String, .visibleString, .teletexString:
            return octets.allSatisfy { $0 < 0x80 } ? octets : try utf8(octets, octetsPerCharacter: 1)
        case .utf8String:
            guard octets.allSatisfy({ $0 < 0x80 }) || String(validating: octets, as: UTF8.self) != nil else {
                throw DERFailure(.textInvalid, at: value.start)
            }
            return octets
        case .bmpString: return try utf8(octets, octetsPerCharacter: 2)
        case .universalString: return try utf8(octets, octetsPerCharacter: 4)
        default: return nil
        }
    }

    private func utf8(_ octets: ArraySlice<UInt8>, octetsPerCharacter width: Int) throws(DERFailure) -> ArraySlice<UInt8> {
        guard octets.count % width == 0 else { throw DERFailure(.textInvalid, at: value.start) }
        var text: [UInt8] = []
        for start in stride(from: octets.startIndex, to: octets.endIndex, by: width) {
            let code = octets[start..<(start + width)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            guard let scalar = Unicode.Scalar(code) else { throw DERFailure(.textInvalid, at: value.start) }
            text.append(contentsOf: String(scalar).utf8)
        }
        return text[...]
    }
}
