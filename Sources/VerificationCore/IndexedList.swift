import PKITypes
import RevocationLists
import Synchronization

/// A certificate revocation list as the index holds it: entries in order, age, and whether its signature is proven.
///
/// A list may be loaded before the certificate of its issuer is known (that arrives with the devices). Until a validated
/// path brings an issuer whose key made the signature, the list is *parked* and speaks for nobody.
package final class IndexedList: Sendable {
    /// Where it came from, for people.
    package let source: String
    /// The trust-anchor entry that it was configured under; it speaks below that anchor alone.
    package let anchorEntry: String
    /// What the list says besides its entries.
    package let facts: RevocationListFacts
    package let nextUpdate: UnixSeconds
    package let signature: ListSignature
    package let table: RevokedTable
    /// A list that we cannot apply, although its signature may hold, makes its issuer's answers unknown.
    package let support: ListSupport
    /// Of an indirect list: the ordinals of other issuers in the table.
    private let otherIssuers: [DistinguishedName: UInt16]
    /// The digest of the key; 0 until it is proven.
    private let provenBy: Atomic<Int>

    package init(
        source: String, anchorEntry: String, facts: RevocationListFacts, nextUpdate: UnixSeconds, signature: ListSignature,
        table: RevokedTable, heldTo profile: ListProfile = .tolerant
    ) {
        self.source = source
        self.anchorEntry = anchorEntry
        self.facts = facts
        self.nextUpdate = nextUpdate
        self.signature = signature
        self.table = table
        let ordinals = facts.otherIssuers.enumerated().map { ($0.element, UInt16($0.offset + 1)) }
        otherIssuers = Dictionary(ordinals) { first, _ in first }
        provenBy = Atomic(0)
        support = profile.support(of: facts, distinctEntries: table.count)
    }

    /// A list that is decoded whole.
    package convenience init(
        source: String, anchorEntry: String, list: CertificateRevocationList, nextUpdate: UnixSeconds, signature: ListSignature,
        hash: SipHash
    ) {
        var builder = RevokedTableBuilder(hash: hash)
        let others = list.facts.otherIssuers.map { list.entriesOfOthers[$0] ?? [] }
        for (ordinal, entries) in ([list.entries] + others).enumerated() {
            builder.append(entries.map { ListedEntry($0, issuer: UInt32(ordinal)) })
        }
        do {
            let table = try builder.finish()
            self.init(
                source: source, anchorEntry: anchorEntry, facts: list.facts, nextUpdate: nextUpdate, signature: signature,
                table: table
            )
        } catch {
            preconditionFailure("memory is no storage")
        }
    }

    /// The same list, unproven, for certificates below another anchor; the table is shared.
    package func parked(under anchorEntry: String, heldTo profile: ListProfile = .tolerant) -> IndexedList {
        IndexedList(
            source: source, anchorEntry: anchorEntry, facts: facts, nextUpdate: nextUpdate, signature: signature, table: table,
            heldTo: profile
        )
    }

    package var issuer: DistinguishedName { facts.issuer }
    package var number: CRLNumber? { facts.number }
    package var thisUpdate: UnixSeconds { facts.thisUpdate }
    /// Not nil: a delta, to be applied to the list of this number or a later one.
    package var deltaBase: CRLNumber? { facts.deltaBase }
    /// What it is limited to; nil for a list of all that its issuer issued.
    package var scope: IssuingDistributionPoint? { facts.issuingDistributionPoint }
    package var authorityKeyIdentifier: [UInt8]? { facts.authorityKeyIdentifier }
    package var entryCount: Int { table.count }
    package var isProven: Bool { provenBy.load(ordering: .relaxed) != 0 }
    /// Nil until it is proven.
    var provenKey: ListKey? { ListKey(digest: provenBy.load(ordering: .relaxed)) }

    /// The signature was checked with the key of a validated issuer. True once, true for all loops and for good: it is a
    /// fact about bytes.
    package func markProven(by key: ListKey) { provenBy.store(key.digest, ordering: .relaxed) }

    /// The entry for a certificate, found by who issued it and its serial number, never by the number alone (RFC 5280 §5.3.3).
    func answer(_ serial: SerialNumber, issuedBy certificateIssuer: DistinguishedName) -> RevokedTable.Answer {
        if certificateIssuer == issuer { return table.answer(serial, issuer: 0) }
        guard let ordinal = otherIssuers[certificateIssuer] else { return .notListed }
        return table.answer(serial, issuer: ordinal)
    }

    /// What the list, proven and begun, says of a certificate of its issuer, when nothing else does.
    func status(of serial: SerialNumber, now: UnixSeconds) -> RevocationStatus {
        switch table.answer(serial, issuer: 0) {
        case .notListed: now <= nextUpdate ? .good(self) : .stale(self, bySeconds: now - nextUpdate)
        case .listed(let entry): .revoked(entry, self)
        case .unconfirmed(let record): .unconfirmed(record, self)
        case .damaged: .unknown(.recordDamaged, self)
        }
    }

    /// By cRLNumber where both have one (RFC 5280 §5.2.3), else by thisUpdate.
    package func isNewer(than other: IndexedList) -> Bool {
        if let number, let otherNumber = other.number, number != otherNumber { return number > otherNumber }
        return thisUpdate > other.thisUpdate
    }

    /// Whether the issuer made two lists that are neither older nor newer than each other, with different contents: its fault.
    package func contradicts(_ other: IndexedList) -> Bool {
        guard issuer == other.issuer, scope == other.scope, authorityKeyIdentifier == other.authorityKeyIdentifier,
            (deltaBase == nil) == (other.deltaBase == nil), signature.covered != other.signature.covered
        else { return false }
        return number == nil || other.number == nil ? thisUpdate == other.thisUpdate : number == other.number
    }
}

extension ListedEntry {
    fileprivate init(_ entry: RevokedEntry, issuer: UInt32) {
        self.init(serial: entry.serial, reason: entry.reason, revokedAt: entry.revokedAt, issuer: issuer)
    }
}
