import PKITypes
import RevocationLists
import X509

/// What the lists at hand say of one certificate. Absence is a value: unknown has causes, and none of them equals good.
package enum RevocationStatus: Sendable {
    /// Every reason is covered by a current list that does not name the certificate. The list is the one that completed it.
    case good(IndexedList)
    /// As good, but some reasons only by lists past their nextUpdate; this one by so many seconds.
    case stale(IndexedList, bySeconds: Int64)
    case revoked(RevokedEntry, IndexedList)
    /// Not known yet: the list may name it, and the record that says so is on the disk.
    case unconfirmed(UnconfirmedRecord, IndexedList)
    /// With the list that the cause is about, when it is about one.
    case unknown(Cause, IndexedList?)

    /// Why nothing can be said. The weightier cause, the later one here, is told when there are several.
    package enum Cause: Hashable, Sendable {
        case noListForIssuer
        /// There are lists, but of other distribution points, kinds of holders or issuers (RFC 5280 §6.3.3 (b)).
        case wrongScope
        case listNotProven
        case listNotYetValid
        /// Deltas, but not the list that they change; or a newer delta than the stale base can take.
        case deltaWithoutBase
        /// Lists for some reasons only, and these are left (§6.3.3 (d), (e)).
        case reasonsIncomplete(missing: ReasonFlags)
        /// A list that must not be used (§5.2: unknown critical extension) may name it.
        case listUnsupported
        /// The list may name it: what it once said of it is damaged on the disk.
        case recordDamaged
        /// The list may name it: what it says of it could not be read from the disk in time.
        case recordUnread

        /// Whether a list may name the certificate although no list says so: it outranks every good one.
        var mayBeRevoked: Bool {
            switch self {
            case .listUnsupported, .recordDamaged, .recordUnread: true
            case .noListForIssuer, .wrongScope, .listNotProven, .listNotYetValid, .deltaWithoutBase, .reasonsIncomplete: false
            }
        }

        var weight: Int {
            switch self {
            case .noListForIssuer: 0
            case .wrongScope: 1
            case .listNotProven: 2
            case .listNotYetValid: 3
            case .deltaWithoutBase: 4
            case .reasonsIncomplete: 5
            case .listUnsupported: 6
            case .recordDamaged: 7
            case .recordUnread: 8
            }
        }
    }
}

extension RevocationStatus.Cause: CustomStringConvertible {
    /// The one word for it where programs read.
    package var code: String {
        switch self {
        case .noListForIssuer: "no-list"
        case .wrongScope: "wrong-scope"
        case .listNotProven: "list-not-proven"
        case .listNotYetValid: "list-not-yet-valid"
        case .deltaWithoutBase: "delta-without-base"
        case .reasonsIncomplete: "reasons-incomplete"
        case .listUnsupported: "list-unsupported"
        case .recordDamaged: "record-damaged"
        case .recordUnread: "record-unread"
        }
    }

    /// One clause for people, about the certificate.
    package var description: String {
        switch self {
        case .noListForIssuer: "its issuer has no list here"
        case .wrongScope: "no list of its issuer is about it: other distribution points, kinds of holders or issuers"
        case .listNotProven: "no list of its issuer is signed by a key that is known to be the issuer's"
        case .listNotYetValid: "the list that speaks of it has not begun"
        case .deltaWithoutBase: "a delta list changes a list that is not here"
        case .reasonsIncomplete(let missing):
            "the lists that speak of it are for some reasons only; \(missing.rawValue.nonzeroBitCount) of them are not covered"
        case .listUnsupported: "a list that must not be used may name it"
        case .recordDamaged: "what a list says of it is damaged on the disk; a reload reads the list again"
        case .recordUnread: "what a list says of it could not be read from the disk in time"
        }
    }
}
