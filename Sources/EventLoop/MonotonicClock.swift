import Glibc

/// The kernel's clock that is never set back.
package enum MonotonicClock {
    package static func nanoseconds() -> UInt64 { read(CLOCK_MONOTONIC) }

    /// The value of the last timer tick (1–4 ms old): a fraction of the cost, enough for idle limits.
    package static func coarseNanoseconds() -> UInt64 { read(CLOCK_MONOTONIC_COARSE) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        precondition(clock_gettime(clock, &time) == 0, "no monotonic clock: errno \(errno)")
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
