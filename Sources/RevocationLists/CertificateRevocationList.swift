import DER
import PKITypes
import X509

/// A certificate revocation list, decoded strictly (RFC 5280 §5) and not yet believed: no signature has been checked.
package struct CertificateRevocationList: Sendable {
    /// The DER as received. Offsets below point into it.
    package let bytes: [UInt8]
    /// The signed part.
    package let toBeSigned: Range<Int>
    package let signatureAlgorithm: AlgorithmIdentifier
    /// The octets of the signature value.
    package let signature: Range<Int>
    package let issuer: DistinguishedName
    package let issuerRange: Range<Int>
    package let thisUpdate: UnixSeconds
    /// Nil when the list does not say how long it is good for; what to do then is policy.
    package let nextUpdate: UnixSeconds?
    package let number: CRLNumber?
    package let authorityKeyIdentifier: [UInt8]?
    /// Not nil: a delta, to be applied to the list of this number or a later one of the same scope (§5.2.4).
    package let deltaBase: CRLNumber?
    /// Nil: a list of every certificate that its issuer issued.
    package let issuingDistributionPoint: IssuingDistributionPoint?
    /// Of certificates that the list's issuer issued. In the order of ``SerialNumber``, each serial number once.
    package let entries: [RevokedEntry]
    /// Of an indirect list: those of other issuers' certificates, by issuer, in the same order.
    package let entriesOfOthers: [DistinguishedName: [RevokedEntry]]
    package let support: ListSupport

    package init(der bytes: [UInt8]) throws(DERFailure) {
        guard bytes.count <= ListLimits.maximumOctets else {
            throw DERFailure(.tooLarge(limit: ListLimits.maximumOctets), at: 0)
        }
        self.bytes = bytes
        var outer = DERReader(bytes)
        var list = try outer.readSequence()
        try outer.requireEnd()
        let signedPart = try list.read(.sequence)
        toBeSigned = signedPart.range
        let outerAlgorithm = try AlgorithmIdentifier(from: &list)
        signature = try list.readBitStringOfOctets()
        try list.requireEnd()

        var fields = try list.contents(of: signedPart)
        let version = try ListVersion(from: &fields)
        signatureAlgorithm = try AlgorithmIdentifier(from: &fields)
        try AlgorithmIdentifier.requireSame(signatureAlgorithm, outerAlgorithm, in: bytes)
        let issuerStart = fields.position
        issuer = try DistinguishedName(from: &fields)
        issuerRange = issuerStart..<fields.position
        guard !issuer.canonical.isEmpty else { throw DERFailure(.emptyIssuer, at: issuerStart) }
        thisUpdate = try fields.readTime()
        nextUpdate = fields.nextTag == .utcTime || fields.nextTag == .generalizedTime ? try fields.readTime() : nil

        // The extensions stand behind the entries but say how to read them.
        let revoked = try fields.readContentsIfPresent(.sequence)
        let extensions = try ListExtensions(from: &fields, version: version, issuer: Array(bytes[issuerRange]))
        number = extensions.number
        authorityKeyIdentifier = extensions.authorityKeyIdentifier
        deltaBase = extensions.deltaBase
        issuingDistributionPoint = extensions.issuingDistributionPoint
        var parser = RevokedEntryParser(
            version: version,
            isDelta: extensions.deltaBase != nil,
            isIndirect: extensions.issuingDistributionPoint?.isIndirect ?? false
        )
        if let revoked { try parser.parse(revoked, issuer: issuer) }
        entries = parser.entries
        entriesOfOthers = parser.entriesOfOthers
        support = extensions.support == .supported ? parser.support : extensions.support
    }

    /// The entry for a certificate of the list's own issuer.
    package func entry(for serial: SerialNumber) -> RevokedEntry? { entries.entry(for: serial) }
}

/// The version of a list (RFC 5280 §5.1.2.1): absent for 1, the number 1 for 2.
enum ListVersion: Sendable {
    case v1
    case v2

    init(from reader: inout DERReader) throws(DERFailure) {
        guard reader.nextTag == .integer else {
            self = .v1
            return
        }
        let start = reader.position
        guard try reader.readSmallInteger() == 1 else { throw DERFailure(.unsupportedVersion, at: start) }
        self = .v2
    }
}
