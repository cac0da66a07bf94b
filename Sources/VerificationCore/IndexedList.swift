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
    /// A list that we cannot apply, although its signature may hold, makes its issuer's answers unknown.
    package let support: ListSupport
    package let signature: ListSignature
    private let entries: [RevokedEntry]
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
        support = list.support
        self.signature = signature
        entries = list.entries
        proven = Atomic(false)
    }

    package var entryCount: Int { entries.count }
    package var isProven: Bool { proven.load(ordering: .relaxed) }

    /// The signature was checked with the key of a validated issuer. True once, true for all loops and for good: it is a
    /// fact about bytes.
    package func markProven() { proven.store(true, ordering: .relaxed) }

    func entry(for serial: SerialNumber) -> RevokedEntry? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].serial < serial { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low].serial == serial else { return nil }
        return entries[low]
    }

    /// By cRLNumber where both have one (RFC 5280 §5.2.3), else by thisUpdate.
    package func isNewer(than other: IndexedList) -> Bool {
        if let number, let otherNumber = other.number, number != otherNumber { return number > otherNumber }
        return thisUpdate > other.thisUpdate
    }
}

/// What is needed to check a list's signature when its issuer's key turns up, without the list itself.
package struct ListSignature: Sendable {
    /// What the signature covers: the digest of the tbsCertList, or, for algorithms that sign in one pass (Ed25519), its bytes.
    package enum Covered: Sendable {
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
