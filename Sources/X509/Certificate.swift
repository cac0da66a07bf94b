import DER
import PKITypes

/// An X.509 certificate, decoded strictly (RFC 5280 §4.1) and not yet believed: no signature has been checked.
package struct Certificate: Sendable {
    /// No certificate in the field is a tenth of this; trust anchors with post-quantum signatures will still fit.
    package static let maximumOctets = 128 * 1024

    /// The DER as received. Offsets below point into it.
    package let bytes: [UInt8]
    /// The signed part.
    package let toBeSigned: Range<Int>
    package let version: CertificateVersion
    package let serial: SerialNumber
    package let signatureAlgorithm: AlgorithmIdentifier
    package let issuer: DistinguishedName
    package let issuerRange: Range<Int>
    package let validity: Validity
    package let subject: DistinguishedName
    package let subjectRange: Range<Int>
    /// The whole SubjectPublicKeyInfo: what one key is recognised by.
    package let subjectPublicKeyInfo: Range<Int>
    package let publicKeyAlgorithm: AlgorithmIdentifier
    package let extensions: CertificateExtensions
    /// The octets of the signature value.
    package let signature: Range<Int>

    package init(der bytes: [UInt8]) throws(DERFailure) {
        guard bytes.count <= Self.maximumOctets else { throw DERFailure(.tooLarge(limit: Self.maximumOctets), at: 0) }
        self.bytes = bytes
        var outer = DERReader(bytes)
        var certificate = try outer.readSequence()
        try outer.requireEnd()
        let signedPart = try certificate.read(.sequence)
        toBeSigned = signedPart.range
        let outerAlgorithm = try AlgorithmIdentifier(from: &certificate)
        signature = try certificate.readBitStringOfOctets()
        try certificate.requireEnd()

        var fields = try certificate.contents(of: signedPart)
        version = try CertificateVersion(from: &fields)
        serial = try SerialNumber(from: &fields)
        signatureAlgorithm = try AlgorithmIdentifier(from: &fields)
        try AlgorithmIdentifier.requireSame(signatureAlgorithm, outerAlgorithm, in: bytes)
        let issuerStart = fields.position
        issuer = try DistinguishedName(from: &fields)
        issuerRange = issuerStart..<fields.position
        guard !issuer.canonical.isEmpty else { throw DERFailure(.emptyIssuer, at: issuerStart) }
        validity = try Validity(from: &fields)
        let subjectStart = fields.position
        subject = try DistinguishedName(from: &fields)
        subjectRange = subjectStart..<fields.position
        (subjectPublicKeyInfo, publicKeyAlgorithm) = try Self.publicKey(from: &fields)
        extensions = try Self.optionalFields(from: &fields, version: version)
    }

    /// SubjectPublicKeyInfo ::= SEQUENCE { algorithm, subjectPublicKey BIT STRING } (§4.1.2.7).
    private static func publicKey(
        from reader: inout DERReader
    ) throws(DERFailure) -> (range: Range<Int>, algorithm: AlgorithmIdentifier) {
        let element = try reader.read(.sequence)
        var fields = try reader.contents(of: element)
        let algorithm = try AlgorithmIdentifier(from: &fields)
        _ = try fields.readBitString()
        try fields.requireEnd()
        return (element.range, algorithm)
    }

    /// The unique identifiers, which nobody uses but version 2 allows, and the extensions of version 3 (§4.1.2.8, §4.1.2.9).
    private static func optionalFields(
        from fields: inout DERReader, version: CertificateVersion
    ) throws(DERFailure) -> CertificateExtensions {
        for number in UInt8(1)...2 {
            guard let identifier = try fields.readIfPresent(.contextPrimitive(number)) else { continue }
            guard version >= .v2 else { throw DERFailure(.fieldForbiddenByVersion, at: identifier.start) }
        }
        let start = fields.position
        guard var wrapped = try fields.readContentsIfPresent(.contextConstructed(3)) else {
            try fields.requireEnd()
            return CertificateExtensions()
        }
        guard version == .v3 else { throw DERFailure(.fieldForbiddenByVersion, at: start) }
        try fields.requireEnd()
        let extensions = try CertificateExtensions(from: &wrapped)
        try wrapped.requireEnd()
        return extensions
    }
}

extension Certificate {
    /// Whether the certificate says where its status is published. One that does, and whose status is unknown, is not
    /// `unrevocable`.
    package var namesRevocationSource: Bool { extensions.namesDistributionPoint || extensions.namesOCSPResponder }
}

extension Certificate: Hashable {
    package static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }
    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
