import PKITypes

/// What a person can have done to a device, by name or by filter.
package enum DeviceCommand: Hashable, Sendable {
    case activate
    case rotate
    case quarantine
    case disable
    case retire
    case reinstate
    case grant(TimeWindow)
    case amend(PostureChange)

    /// Nil for what is no event of a life.
    var event: LifecycleEvent? {
        switch self {
        case .activate: .activate
        case .rotate: .rotate
        case .quarantine: .quarantine
        case .disable: .disable
        case .retire: .retire
        case .reinstate: .reinstate
        case .grant, .amend: nil
        }
    }

    package var name: String {
        switch self {
        case .activate, .rotate, .quarantine, .disable, .retire, .reinstate: event?.name ?? ""
        case .grant: "grant"
        case .amend(let change): change.set.isEmpty ? "unset" : "set"
        }
    }

    package var needsReason: Bool { event?.needsReason ?? false }
}

/// Who commands, why, and when.
package struct CommandContext: Hashable, Sendable {
    package let actor: Actor
    package let reason: String
    package let time: UnixSeconds

    package init(actor: Actor, reason: String, time: UnixSeconds) {
        self.actor = actor
        self.reason = reason
        self.time = time
    }
}
