import DER
import PKITypes

/// A certificate revocation list that is at hand whole, with all its entries: for small ones, for tests and for tools. What
/// the gateway serves from is read through ``RevocationListStream``, as this is.
package struct CertificateRevocationList: Sendable {
    /// The DER as received. Offsets below point into it.
    package let bytes: [UInt8]
    package let facts: RevocationListFacts
    /// Of certificates that the list's issuer issued. In the order of ``SerialNumber``, each serial number once.
    package let entries: [RevokedEntry]
    /// Of an indirect list: those of other issuers' certificates, by issuer, in the same order.
    package let entriesOfOthers: [DistinguishedName: [RevokedEntry]]

    package init(der bytes: [UInt8]) throws(DERFailure) {
        self.bytes = bytes
        var stream = RevocationListStream()
        var listed: [[RevokedEntry]] = [[]]
        var batch: [ListedEntry] = []
        var used = 0
        while used < bytes.count {
            used += try stream.read(bytes.span.extracting(used...), into: &batch).used
            for entry in batch {
                while listed.count <= Int(entry.issuer) { listed.append([]) }
                listed[Int(entry.issuer)].append(RevokedEntry(entry))
            }
            batch.removeAll(keepingCapacity: true)
        }
        facts = try stream.finish()
        entries = Self.sortedOnce(listed[0])
        let others = zip(facts.otherIssuers, listed.dropFirst()).map { ($0, Self.sortedOnce($1)) }
        entriesOfOthers = Dictionary(uniqueKeysWithValues: others)
    }

    package var toBeSigned: Range<Int> { facts.signedPart }
    /// The octets of the signature value, with which a list ends.
    package var signature: Range<Int> { (facts.octetCount - facts.signatureValue.count)..<facts.octetCount }
    package var issuer: DistinguishedName { facts.issuer }
    package var issuerRange: Range<Int> { facts.issuerRange }
    package var thisUpdate: UnixSeconds { facts.thisUpdate }
    package var nextUpdate: UnixSeconds? { facts.nextUpdate }
    package var number: CRLNumber? { facts.number }
    package var authorityKeyIdentifier: [UInt8]? { facts.authorityKeyIdentifier }
    package var deltaBase: CRLNumber? { facts.deltaBase }
    package var issuingDistributionPoint: IssuingDistributionPoint? { facts.issuingDistributionPoint }
    package var support: ListSupport { facts.support }

    /// The entry for a certificate of the list's own issuer.
    package func entry(for serial: SerialNumber) -> RevokedEntry? { entries.entry(for: serial) }

    /// When an issuer lists a serial number twice, a revocation outranks its lifting, and the earliest one stands.
    private static func sortedOnce(_ entries: [RevokedEntry]) -> [RevokedEntry] {
        let isSorted = zip(entries, entries.dropFirst()).allSatisfy { $0.serial < $1.serial }
        if isSorted { return entries }
        let sorted = entries.sorted {
            if $0.serial != $1.serial { return $0.serial < $1.serial }
            let lifts = ($0.reason == .removeFromCRL, $1.reason == .removeFromCRL)
            return lifts.0 != lifts.1 ? lifts.1 : $0.revokedAt < $1.revokedAt
        }
        var unique: [RevokedEntry] = []
        unique.reserveCapacity(sorted.count)
        for entry in sorted where unique.last?.serial != entry.serial { unique.append(entry) }
        return unique
    }
}

extension RevokedEntry {
    package init(_ entry: ListedEntry) {
        self.init(serial: entry.serial, reason: entry.reason, revokedAt: entry.revokedAt)
    }
}
