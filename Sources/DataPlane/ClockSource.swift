import EventLoop
import Glibc

/// Where the time comes from: the system, or a test. In nanoseconds, so that the two clocks can be compared.
package struct ClockSource: Sendable {
    /// Since 1970.
    package let wall: @Sendable () -> Int64
    /// Of a clock that is never set.
    package let monotonic: @Sendable () -> Int64

    package init(wall: @escaping @Sendable () -> Int64, monotonic: @escaping @Sendable () -> Int64) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// Both of the last tick: the same moment, and a fraction of the cost.
    package static let system = ClockSource(
        wall: {
            var time = timespec()
            precondition(clock_gettime(CLOCK_REALTIME_COARSE, &time) == 0, "no wall clock: errno \(errno)")
            return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        }, monotonic: { Int64(MonotonicClock.coarseNanoseconds()) })
}
