import PKITypes

/// What can happen to a device's record.
package enum LifecycleEvent: Hashable, Sendable {
    // A person's commands; `quarantine` and `disable` may also be the answer to a finding.
    case activate
    case rotate
    case quarantine
    case disable
    case retire
    case reinstate

    /// A credential that ``CredentialRules`` permits, and that is not bound yet, becomes the identity's current one.
    case bind(PresentedCredential, overlapSeconds: Int64)
    /// A credential that is bound already is used by a device that was reinstated, with its keys, from being disabled.
    case resume
    /// A list of that thisUpdate names the credential.
    case revoke(CredentialID, RevocationReason, listIssued: UnixSeconds)
    /// A list of that thisUpdate names the credential no more.
    case liftHold(CredentialID, listIssued: UnixSeconds)
    /// Overlaps that have ended make their credentials superseded, and with the last of them the rotation ends.
    case endOverlaps
    case find(CredentialFinding)

    /// The word for it on the command line and in refusals.
    package var name: String {
        switch self {
        case .activate: "activate"
        case .rotate: "rotate"
        case .quarantine: "quarantine"
        case .disable: "disable"
        case .retire: "retire"
        case .reinstate: "reinstate"
        case .bind: "bind"
        case .resume: "resume"
        case .revoke: "revoke"
        case .liftHold: "lift-hold"
        case .endOverlaps: "end-overlaps"
        case .find: "quarantine-for-finding"
        }
    }

    /// A person says why; and what only a person may do, nothing automatic does.
    package var needsReason: Bool {
        switch self {
        case .quarantine, .disable, .retire, .reinstate: true
        case .activate, .rotate, .bind, .resume, .revoke, .liftHold, .endOverlaps, .find: false
        }
    }

    package var needsPerson: Bool {
        switch self {
        case .activate, .rotate, .retire, .reinstate: true
        case .quarantine, .disable, .bind, .resume, .revoke, .liftHold, .endOverlaps, .find: false
        }
    }
}
