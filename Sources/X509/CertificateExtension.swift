import DER

/// One extension of a certificate, a list or a list entry: what it is, whether it may be ignored, where its value lies.
package struct CertificateExtension: Hashable, Sendable {
    package let identifier: ObjectIdentifier
    package let isCritical: Bool
    /// What the OCTET STRING holds.
    package let value: Range<Int>
    package let offset: Int

    /// Three times what the fullest certificates carry.
    package static let maximumCount = 64

    package init(identifier: ObjectIdentifier, isCritical: Bool, value: Range<Int>, offset: Int) {
        self.identifier = identifier
        self.isCritical = isCritical
        self.value = value
        self.offset = offset
    }

    /// Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue } (RFC 5280 §4.1).
    package init(from reader: inout DERReader) throws(DERFailure) {
        let start = reader.position
        var fields = try reader.readSequence()
        let identifier = try fields.readObjectIdentifier()
        let isCritical = try fields.readBooleanDefaultFalse()
        let value = try fields.readOctetString()
        try fields.requireEnd()
        self.init(identifier: identifier, isCritical: isCritical, value: value, offset: start)
    }

    /// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension; no identifier twice (§4.2).
    package static func list(from reader: inout DERReader) throws(DERFailure) -> [CertificateExtension] {
        var sequence = try reader.readSequence()
        guard !sequence.isAtEnd else { throw DERFailure(.emptySequence, at: sequence.position) }
        var extensions: [CertificateExtension] = []
        while !sequence.isAtEnd {
            guard extensions.count < maximumCount else {
                throw DERFailure(.tooMany(limit: maximumCount), at: sequence.position)
            }
            let next = try CertificateExtension(from: &sequence)
            guard !extensions.contains(where: { $0.identifier == next.identifier }) else {
                throw DERFailure(.duplicateExtension(next.identifier), at: next.offset)
            }
            extensions.append(next)
        }
        return extensions
    }
}
