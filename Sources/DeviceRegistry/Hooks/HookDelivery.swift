import PKITypes

/// A step of a device's life that a hook is to hear of.
package struct HookDelivery: Hashable, Sendable {
    /// In the outbox; the same in every attempt.
    package let number: Int64
    package let hook: String
    package let identity: DeviceIdentity
    package let transition: Transition
    /// How often it was tried.
    package let attempts: Int

    package init(number: Int64, hook: String, identity: DeviceIdentity, transition: Transition, attempts: Int) {
        self.number = number
        self.hook = hook
        self.identity = identity
        self.transition = transition
        self.attempts = attempts
    }

    /// What the hook is told. `id` is the same in every attempt: who hears it twice knows.
    package var json: String {
        JSONNode.members([
            ("id", .string("\(hook)-\(number)")), ("hook", .string(hook)), ("identity", .string(identity.text)),
            ("from", .string(transition.from.name)), ("to", .string(transition.to.name)),
            ("cause", .string(transition.cause.text)), ("actor", .string(transition.actor.text)),
            ("reason", .string(transition.reason)), ("time", .string(transition.time.text)),
            ("attempt", .number(attempts + 1)),
        ]).json
    }
}

/// What an attempt came to.
package struct HookResult: Hashable, Sendable {
    package let outcome: HookReceipt.Outcome
    /// In a few words.
    package let answer: String
    package let time: UnixSeconds
    /// When it is tried again; nil: never.
    package let due: UnixSeconds?

    package init(_ outcome: HookReceipt.Outcome, answer: String, time: UnixSeconds, due: UnixSeconds?) {
        self.outcome = outcome
        self.answer = answer
        self.time = time
        self.due = due
    }
}
