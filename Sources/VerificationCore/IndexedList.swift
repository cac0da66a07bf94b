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
    package let issuer: DistinguishedName
    package let number: CRLNumber?
    package let thisUpdate: UnixSeconds
    package let nextUpdate: UnixSeconds
    /// Not nil: a delta, to be applied to the list of this number or a later one.
    package let deltaBase: CRLNumber?
    /// What it is limited to; nil for a list of all that its issuer issued.
    package let scope: IssuingDistributionPoint?
    package let authorityKeyIdentifier: [UInt8]?
    /// A list that we cannot apply, although its signature may hold, makes its issuer's answers unknown.
    package let support: ListSupport
    package let signature: ListSignature
    private let entries: [RevokedEntry]
    private let entriesOfOthers: [DistinguishedName: [RevokedEntry]]
    private let proven: Atomic<Bool>

    package init(
        source: String,
        anchorEntry: String,
        list: CertificateRevocationList,
        nextUpdate: UnixSeconds,
        signature: ListSignature
    ) {
        self.source = source
        self.anchorEntry = anchorEntry
        issuer = list.issuer
        number = list.number
        thisUpdate = list.thisUpdate
        self.nextUpdate = nextUpdate
        deltaBase = list.deltaBase
        scope = list.issuingDistributionPoint
        authorityKeyIdentifier = list.authorityKeyIdentifier
        support = list.support
        self.signature = signature
        entries = list.entries
        entriesOfOthers = list.entriesOfOthers
        proven = Atomic(false)
    }

    package var entryCount: Int { entriesOfOthers.values.reduce(entries.count) { $0 + $1.count } }
    package var isProven: Bool { proven.load(ordering: .relaxed) }

    /// The signature was checked with the key of a validated issuer. True once, true for all loops and for good: it is a
    /// fact about bytes.
    package func markProven() { proven.store(true, ordering: .relaxed) }

    /// The entry for a certificate, found by who issued it and its serial number, never by the number alone (RFC 5280 §5.3.3).
    func entry(for serial: SerialNumber, issuedBy certificateIssuer: DistinguishedName) -> RevokedEntry? {
        if certificateIssuer == issuer { return entries.entry(for: serial) }
        return entriesOfOthers[certificateIssuer]?.entry(for: serial)
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

/// What is needed to check a list's signature when its issuer's key turns up, without the list itself.
package struct ListSignature: Sendable {
    /// What the signature covers: the digest of the tbsCertList, or, for algorithms that sign in one pass (Ed25519), its bytes.
    package enum Covered: Hashable, Sendable {
        case digest([UInt8])
        case message([UInt8])
    }

    package let covered: Covered
    /// The AlgorithmIdentifier, DER.
    package let algorithm: [UInt8]
    package let value: [UInt8]

    package init(covered: Covered, algorithm: [UInt8], value: [UInt8]) {
        self.covered = covered
        self.algorithm = algorithm
        self.value = value
    }
}
