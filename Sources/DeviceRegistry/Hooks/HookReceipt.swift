import PKITypes

/// How far a hook has come with a step of a device's life.
package struct HookReceipt: Hashable, Sendable {
    package enum Outcome: String, CaseIterable, Sendable {
        /// It was not called yet.
        case pending
        /// The last call failed; another follows.
        case failed
        case delivered
        /// The last call failed, and no other follows.
        case abandoned
    }

    package let hook: String
    /// What the device became.
    package let state: DeviceState
    package let outcome: Outcome
    package let attempts: Int
    /// What the last call came to, in a few words.
    package let answer: String
    /// Of the last call; of the step, before the first.
    package let time: UnixSeconds

    package init(
        hook: String, state: DeviceState, outcome: Outcome, attempts: Int, answer: String, time: UnixSeconds
    ) {
        self.hook = hook
        self.state = state
        self.outcome = outcome
        self.attempts = attempts
        self.answer = answer
        self.time = time
    }
}
