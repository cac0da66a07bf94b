import Synchronization

/// Whether the last connection to an upstream came about, over all loops.
package final class UpstreamHealth: Sendable {
    private let lastAttemptFailed = Atomic<Bool>(false)

    package init() {}

    /// True until an attempt fails, and again after one succeeds.
    package var isUp: Bool { !lastAttemptFailed.load(ordering: .relaxed) }

    func attempted(succeeded: Bool) { lastAttemptFailed.store(!succeeded, ordering: .relaxed) }
}
