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
    /// In the order of ``SerialNumber``, each serial number once.
    package let entries: [RevokedEntry]
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
        let extensions = try ListExtensions(from: &fields, version: version)
        number = extensions.number
        authorityKeyIdentifier = extensions.authorityKeyIdentifier
        var parser = RevokedEntryParser(version: version, isDelta: extensions.isDelta)
        entries = try revoked.map { (reader) throws(DERFailure) in try parser.parse(reader) } ?? []
        support = extensions.support == .supported ? parser.support : extensions.support
    }

    /// The entry for `serial`, found by binary search.
    package func entry(for serial: SerialNumber) -> RevokedEntry? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].serial < serial { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].serial == serial ? entries[low] : nil
    }
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
