import DataPlane
import Synchronization

/// A clock that a test sets.
package final class ClockHands: Sendable {
    private static let second: Int64 = 1_000_000_000

    private let times: Mutex<(wall: Int64, monotonic: Int64)?>
    private let shift = Atomic<Int64>(0)

    /// Stands still until it is set.
    package init(wall: Int64, monotonic: Int64) { times = Mutex((wall, monotonic)) }

    /// The system's, until it is shifted.
    package init() { times = Mutex(nil) }

    package var source: ClockSource {
        ClockSource(
            wall: { [self] in
                let wall = times.withLock { $0.map { $0.wall * Self.second } } ?? ClockSource.system.wall()
                return wall + shift.load(ordering: .relaxed) * Self.second
            },
            monotonic: { [self] in times.withLock { ($0?.monotonic).map { $0 * Self.second } } ?? ClockSource.system.monotonic() }
        )
    }

    package func set(wall: Int64, monotonic: Int64) { times.withLock { $0 = (wall, monotonic) } }

    /// The wall clock alone, against what the system says.
    package func shift(bySeconds seconds: Int64) { shift.store(seconds, ordering: .relaxed) }
}
