/// Whoever is told that nothing has happened for too long.
package protocol IdleTimerHandler: AnyObject {
    func idleLimitReached(_ timer: IdleTimer)
}

/// A limit on silence. `touch()` only notes the time; the timer looks at the note when it fires and, if there was
/// activity, sleeps for the rest. So a busy session costs one timer per limit, not one per packet.
package final class IdleTimer: TimerHandler {
    private let loop: EventLoop
    private unowned let handler: any IdleTimerHandler
    private lazy var timer = Timer(loop: loop, handler: self)
    private var limitNanoseconds: UInt64 = 0
    private var lastActivity: UInt64 = 0

    /// `handler` is not retained and has to outlive the timer: own the timer from it.
    package init(loop: EventLoop, handler: any IdleTimerHandler) {
        self.loop = loop
        self.handler = handler
    }

    /// Starts counting now, with a new limit when it was counting already.
    package func start(limitSeconds: Double) {
        limitNanoseconds = UInt64(max(0, limitSeconds) * 1e9)
        touch()
        timer.start(afterSeconds: limitSeconds)
    }

    package func touch() { lastActivity = MonotonicClock.coarseNanoseconds() }

    package func stop() { timer.stop() }

    package func fired(_ timer: Timer) {
        let silence = MonotonicClock.coarseNanoseconds() - lastActivity
        guard silence < limitNanoseconds else { return handler.idleLimitReached(self) }
        timer.start(afterSeconds: Double(limitNanoseconds - silence) / 1e9)
    }
}

@available(*, unavailable)
extension IdleTimer: Sendable {}
