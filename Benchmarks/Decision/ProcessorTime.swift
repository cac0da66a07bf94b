import Glibc

/// What the processors have done for this process so far: on a machine that is busy with other work it says more than a clock.
enum ProcessorTime {
    static func nanoseconds() -> Double {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
