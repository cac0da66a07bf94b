import CAllocationCount
import EventLoop

/// What one of many calls takes: the median of the rounds, since the best one only says what a quiet machine can do.
struct CallTime {
    let nanoseconds: Double
    let best: Double
    /// Requests for memory, a call.
    let allocations: Double

    /// - Parameters:
    ///   - calls: in each round.
    ///   - body: told which call of its round it is.
    @inline(__always)
    init(rounds: Int = 15, calls: Int, _ body: (_ call: Int) throws -> Void) rethrows {
        // What is built on first use is no part of a call.
        try body(0)
        var times: [Double] = []
        times.reserveCapacity(rounds)
        var requests: UInt = 0
        for _ in 0..<rounds {
            let before = CAllocationCount_ofThisThread()
            let start = MonotonicClock.nanoseconds()
            for call in 0..<calls { try body(call) }
            times.append(Double(MonotonicClock.nanoseconds() - start) / Double(calls))
            requests = CAllocationCount_ofThisThread() - before
        }
        times.sort()
        nanoseconds = times[times.count / 2]
        best = times[0]
        allocations = Double(requests) / Double(calls)
    }

    /// Of calls that take so long that each is a round.
    init(eachOf rounds: Int, _ body: () throws -> Void) rethrows {
        try self.init(rounds: rounds, calls: 1) { _ in try body() }
    }

    /// Of what can only be done once.
    init(once body: () throws -> Void) rethrows {
        let before = CAllocationCount_ofThisThread()
        let start = MonotonicClock.nanoseconds()
        try body()
        nanoseconds = Double(MonotonicClock.nanoseconds() - start)
        best = nanoseconds
        allocations = Double(CAllocationCount_ofThisThread() - before)
    }
}
