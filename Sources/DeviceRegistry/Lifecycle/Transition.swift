import PKITypes

/// A step from one state to another, or a change that a person made while the state stayed: who, why, when. Kept for ever.
package struct Transition: Hashable, Sendable {
    package let from: DeviceState
    package let to: DeviceState
    package let cause: TransitionCause
    package let actor: Actor
    /// In the words of whoever acted; empty where the cause says it all.
    package let reason: String
    package let time: UnixSeconds

    package var changesState: Bool { from != to }

    package init(
        from: DeviceState, to: DeviceState, cause: TransitionCause, actor: Actor, reason: String, time: UnixSeconds
    ) {
        self.from = from
        self.to = to
        self.cause = cause
        self.actor = actor
        self.reason = reason
        self.time = time
    }
}
