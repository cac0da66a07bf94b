import DER

/// AlgorithmIdentifier ::= SEQUENCE { algorithm, parameters OPTIONAL } (RFC 5280 §4.1.1.2).
package struct AlgorithmIdentifier: Hashable, Sendable {
    package let algorithm: ObjectIdentifier
    /// The whole element: what must be equal inside and outside the signature.
    package let range: Range<Int>

    package init(from reader: inout DERReader) throws(DERFailure) {
        let element = try reader.read(.sequence)
        var fields = try reader.contents(of: element)
        algorithm = try fields.readObjectIdentifier()
        if !fields.isAtEnd { _ = try fields.readElement() }
        try fields.requireEnd()
        range = element.range
    }

    /// RFC 5280 §4.1.1.2, §5.1.1.2: the outer identifier must contain the same as the signed one, parameters too.
    package static func requireSame(_ signed: Self, _ outer: Self, in bytes: [UInt8]) throws(DERFailure) {
        guard bytes[signed.range].elementsEqual(bytes[outer.range]) else {
            throw DERFailure(.signatureAlgorithmMismatch, at: outer.range.lowerBound)
        }
    }
}
