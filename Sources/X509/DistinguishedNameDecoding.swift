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
        canonical.reserveCapacity(attributes.reduce(0) { $0 + $1.value.contents.count + 16 })
        var start = 0
        while start < attributes.count {
            let end = attributes[start...].firstIndex { $0.relativeName != attributes[start].relativeName } ?? attributes.count
            canonical.append(UInt8(end - start))
            if end - start == 1 {
                try Self.append(attributes[start], in: bytes, to: &canonical)
            } else {
                canonical.append(contentsOf: try Self.set(attributes[start..<end], in: bytes))
            }
            start = end
        }
        self.init(canonical: canonical, display: try NameDisplay.text(attributes, in: bytes))
    }

    /// A relative name is a set: its order says nothing.
    private static func set(_ attributes: ArraySlice<NameAttribute>, in bytes: [UInt8]) throws(DERFailure) -> [UInt8] {
        var encoded: [[UInt8]] = []
        for attribute in attributes {
            var one: [UInt8] = []
            try append(attribute, in: bytes, to: &one)
            encoded.append(one)
        }
        return Array(encoded.sorted { $0.lexicographicallyPrecedes($1) }.joined())
    }

    /// Identifier, kind and value, each with its length, so that no value can be taken for the start of the next.
    private static func append(
        _ attribute: NameAttribute, in bytes: [UInt8], to canonical: inout [UInt8]
    ) throws(DERFailure) {
        canonical.append(UInt8(attribute.type.octetCount))
        attribute.type.appendOctets(to: &canonical)
        let text = try attribute.text(in: bytes)
        canonical.append(text == nil ? 0 : 1)
        let length = canonical.count
        for _ in 0..<4 { canonical.append(0) }
        if let text {
            appendFolded(text, to: &canonical)
        } else {
            canonical.append(contentsOf: bytes[attribute.value.range])
        }
        let count = canonical.count - length - 4
        for octet in 0..<4 { canonical[length + octet] = UInt8(truncatingIfNeeded: count >> (24 - octet * 8)) }
    }

    /// Lower-case ASCII, no outer white space, one space for each inner run of it.
    private static func appendFolded(_ text: ArraySlice<UInt8>, to canonical: inout [UInt8]) {
        let start = canonical.count
        var owesSpace = false
        for octet in text {
            if isWhiteSpace(octet) {
                owesSpace = canonical.count > start
                continue
            }
            if owesSpace { canonical.append(UInt8(ascii: " ")) }
            owesSpace = false
            let isUpperCase = octet >= UInt8(ascii: "A") && octet <= UInt8(ascii: "Z")
            canonical.append(isUpperCase ? octet | 0x20 : octet)
        }
    }

    private static func isWhiteSpace(_ octet: UInt8) -> Bool { octet == 0x20 || (0x09...0x0d).contains(octet) }
}
