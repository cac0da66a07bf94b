import EventLoop
import Glibc

/// Waiting on threads of the demonstration's own, which may be held up; never on the concurrency pool.
enum Patience {
    static func pause(milliseconds: Int32) { _ = poll(nil, 0, milliseconds) }

    /// Asks each millisecond. False when the time is up.
    static func wait(seconds: Double, until holds: () -> Bool) -> Bool {
        let deadline = MonotonicClock.nanoseconds() + UInt64(seconds * 1e9)
        while !holds() {
            guard MonotonicClock.nanoseconds() < deadline else { return false }
            pause(milliseconds: 1)
        }
        return true
    }

    static func milliseconds(since start: UInt64, to end: UInt64 = MonotonicClock.nanoseconds()) -> Double {
        Double(end - min(start, end)) / 1e6
    }
}
