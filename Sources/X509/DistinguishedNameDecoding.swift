import DER
import PKITypes

/// Distinguished names from DER, in the form in which they are compared (RFC 5280 §7.1, as OpenSSL canonicalises them).
extension DistinguishedName {
    package init(from reader: inout DERReader) throws(DERFailure) {
        let attributes = try NameAttribute.list(from: &reader)
        try self.init(attributes: attributes, in: reader.bytes)
    }

    private init(attributes: [NameAttribute], in bytes: [UInt8]) throws(DERFailure) {
        var canonical: [UInt8] = []
        var display = NameDisplay()
        canonical.reserveCapacity(attributes.reduce(0) { $0 + $1.value.contents.count + 16 })
        var start = 0
        while start < attributes.count {
            var end = start
            var encoded: [[UInt8]] = []
            while end < attributes.count, attributes[end].relativeName == attributes[start].relativeName {
                let text = try attributes[end].text(in: bytes)
                encoded.append(Self.canonical(attributes[end], text: text, in: bytes))
                display.append(attributes[end], text: text, in: bytes)
                end += 1
            }
            // A relative name is a set: its order says nothing.
            if encoded.count > 1 { encoded.sort { $0.lexicographicallyPrecedes($1) } }
            canonical.append(UInt8(encoded.count))
            for attribute in encoded { canonical.append(contentsOf: attribute) }
            start = end
        }
        self.init(canonical: canonical, display: display.text)
    }

    /// Identifier, kind and value, each with its length, so that no value can be taken for the start of the next.
    private static func canonical(_ attribute: NameAttribute, text: [UInt8]?, in bytes: [UInt8]) -> [UInt8] {
        let identifier = attribute.type.octets
        let value = text.map(folded) ?? Array(bytes[attribute.value.range])
        let kind: UInt8 = text == nil ? 0 : 1
        var encoded: [UInt8] = [UInt8(identifier.count)]
        encoded.reserveCapacity(identifier.count + value.count + 6)
        encoded.append(contentsOf: identifier)
        encoded.append(kind)
        for shift in [24, 16, 8, 0] { encoded.append(UInt8(truncatingIfNeeded: value.count >> shift)) }
        encoded.append(contentsOf: value)
        return encoded
    }

    /// Lower-case ASCII, no outer white space, one space for each inner run of it.
    private static func folded(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var owesSpace = false
        for octet in text {
            if isWhiteSpace(octet) {
                owesSpace = !result.isEmpty
                continue
            }
            if owesSpace { result.append(UInt8(ascii: " ")) }
            owesSpace = false
            let isUpperCase = octet >= UInt8(ascii: "A") && octet <= UInt8(ascii: "Z")
            result.append(isUpperCase ? octet | 0x20 : octet)
        }
        return result
    }

    private static func isWhiteSpace(_ octet: UInt8) -> Bool { octet == 0x20 || (0x09...0x0d).contains(octet) }
}
