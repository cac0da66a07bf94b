import PKITypes
import Synchronization

/// The time that decisions are made by: the wall clock while it is believed, and otherwise the latest time that was, gone on by
/// the monotonic clock. A live session so keeps its deadlines through a clock that was set back.
///
/// Loops read it without a lock; one observer on the control plane moves the mark.
package final class TrustedClock: Sendable {
    private let source: ClockSource
    private let mark: Mutex<ClockMark>
    /// The mark as the loops see it. Whoever reads the one before and the other after a change is a second off.
    private let latest: Atomic<Int64>
    private let offset: Atomic<Int64>

    package init(_ source: ClockSource = .system, kept: UnixSeconds? = nil) {
        self.source = source
        let first = ClockMark(kept: kept, wall: source.wall(), monotonic: source.monotonic())
        mark = Mutex(first)
        latest = Atomic(first.latest.rawValue)
        offset = Atomic(first.offset)
    }

    /// As the system says, right or wrong.
    package var wall: UnixSeconds { UnixSeconds(nanoseconds: source.wall()) }

    package var now: UnixSeconds {
        let wall = wall
        if wall >= highWaterMark { return wall }
        return UnixSeconds(nanoseconds: source.monotonic() + offset.load(ordering: .relaxed))
    }

    /// While it is not, nobody new is let in: whether a certificate is valid yet, or still, cannot be told.
    package var isTrusted: Bool {
        highWaterMark - wall <= ClockMark.toleranceSeconds
    }

    /// The latest time that was seen.
    package var highWaterMark: UnixSeconds { UnixSeconds(latest.load(ordering: .relaxed)) }

    package func observe() { change { $0.observe(wall: source.wall(), monotonic: source.monotonic()) } }

    /// An operator says that the clock is right, and that the mark was not.
    package func believeWall() { change { $0.believe(wall: source.wall(), monotonic: source.monotonic()) } }

    private func change(_ body: (inout ClockMark) -> Void) {
        mark.withLock { mark in
            body(&mark)
            offset.store(mark.offset, ordering: .relaxed)
            latest.store(mark.latest.rawValue, ordering: .relaxed)
        }
    }
}
