/// How many live sessions one identity may have at a time, and what becomes of one more.
package struct SessionLimit: Hashable, Sendable {
    /// Strict first: nobody who is here is disturbed by a newcomer.
    package enum Conflict: String, CaseIterable, Sendable {
        /// The newcomer is sent away.
        case refuse
        /// The old sessions are asked for life, and only one that gives none makes room.
        case probeOld = "probe-old"
        /// The oldest makes room.
        case replaceOld = "replace-old"
        /// Everybody with this identity is sent away, until a person has looked.
        case quarantine
    }

    package let maximum: Int
    package let onConflict: Conflict

    package init(maximum: Int, onConflict: Conflict) {
        self.maximum = maximum
        self.onConflict = onConflict
    }
}
