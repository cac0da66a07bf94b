import PKITypes
import RevocationLists

/// What the lists at hand say of one certificate. Absence is a value: unknown has causes, and none of them equals good.
package enum RevocationStatus: Sendable {
    case good(IndexedList)
    /// The newest list is past its nextUpdate by so many seconds; it does not name the certificate.
    case stale(IndexedList, bySeconds: Int64)
    case revoked(RevokedEntry, IndexedList)
    case unknown(Cause)

    package enum Cause: Hashable, Sendable {
        case noListForIssuer
        case listNotProven
        case listNotYetValid
        case listUnsupported
    }
}
