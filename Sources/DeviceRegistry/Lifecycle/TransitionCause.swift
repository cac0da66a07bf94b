import PKITypes

/// What brought a device into its state, as far as later events depend on it; or what a person changed of it while it stayed
/// there.
package enum TransitionCause: Hashable, Sendable {
    case enrolment
    case command
    case firstUse
    case rotation
    case revocation(RevocationReason)
    case holdLifted
    case finding(CredentialFinding)
    // The state stays; the history says who, why and when.
    case posture(PostureChange)
    case grant(TimeWindow)

    /// The one word for it in stores, files and output.
    package var text: String {
        switch self {
        case .enrolment: "enrolment"
        case .command: "command"
        case .firstUse: "first-use"
        case .rotation: "rotation"
        case .revocation(let reason): "revoked:\(reason.name)"
        case .holdLifted: "hold-lifted"
        case .finding(let finding): "finding:\(finding.rawValue)"
        case .posture(let change): "posture:\(change.text)"
        case .grant(let window): "grant:\(window.text)"
        }
    }

    package init?(text: String) {
        switch text {
        case "enrolment": self = .enrolment
        case "command": self = .command
        case "first-use": self = .firstUse
        case "rotation": self = .rotation
        case "hold-lifted": self = .holdLifted
        default:
            let parts = text.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            if parts[0] == "revoked", let reason = RevocationReason.allCases.first(where: { $0.name == parts[1] }) {
                self = .revocation(reason)
            } else if parts[0] == "finding", let finding = CredentialFinding(rawValue: String(parts[1])) {
                self = .finding(finding)
            } else if parts[0] == "posture", let change = PostureChange(text: String(parts[1])) {
                self = .posture(change)
            } else if parts[0] == "grant", let window = TimeWindow(text: String(parts[1])) {
                self = .grant(window)
            } else {
                return nil
            }
        }
    }
}
