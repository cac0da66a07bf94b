import PKITypes

/// What a credential is worth to the identity that it was bound to.
package enum CredentialStanding: Hashable, Sendable {
    case current
    /// Its successor was seen; both are good until then.
    case overlapping(until: UnixSeconds)
    case superseded
    case dead(Death)

    /// Why a credential is good no more, whatever its certificate says.
    package enum Death: Hashable, Sendable {
        /// - Parameter listIssued: thisUpdate of the list that said so: what an older list says does not count against it.
        case revoked(RevocationReason, listIssued: UnixSeconds)
        /// The device was retired; a certificate that is still valid does not undo that.
        case deviceRetired
    }

    package func isGood(at now: UnixSeconds) -> Bool {
        switch self {
        case .current: true
        case .overlapping(let until): now <= until
        case .superseded, .dead: false
        }
    }

    /// Whether its key may never be bound again, not even with a new certificate.
    package var condemnsKey: Bool {
        switch self {
        case .current, .overlapping, .superseded: false
        case .dead(.deviceRetired): true
        case .dead(.revoked(let reason, _)): reason == .keyCompromise
        }
    }
}
