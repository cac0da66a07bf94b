import PKITypes
import VerificationCore

/// A question to every loop: how many of its live sessions would a snapshot end that is not in force yet?
package struct ChangeWeighing: Sendable {
    package let snapshot: VerificationSnapshot
    /// Since the snapshot in force.
    package let change: SnapshotChange
    /// Called once from each loop; must not block.
    package let answer: @Sendable (SessionsAtStake) -> Void

    package init(
        snapshot: VerificationSnapshot, change: SnapshotChange, answer: @escaping @Sendable (SessionsAtStake) -> Void
    ) {
        self.snapshot = snapshot
        self.change = change
        self.answer = answer
    }
}

/// How many sessions there are, and how many of them would end.
package struct SessionsAtStake: Hashable, Sendable {
    package var all: Int
    package var ending: Int

    package init(all: Int = 0, ending: Int = 0) {
        self.all = all
        self.ending = ending
    }

    package static func + (left: Self, right: Self) -> Self {
        Self(all: left.all + right.all, ending: left.ending + right.ending)
    }
}

/// Where a loop is with such a question.
struct OngoingWeighing {
    let question: ChangeWeighing
    var places: ArraySlice<UInt32>
    var ending = 0
}
