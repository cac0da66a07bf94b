import CLibev
import CLibevShims

/// Whoever is told that a time has come.
package protocol TimerHandler: AnyObject {
    func fired(_ timer: Timer)
}

/// A timer that fires once and can be armed again. Arming costs a heap operation: a limit that moves with every byte
/// belongs to `IdleTimer`.
package final class Timer {
    private let loop: EventLoop
    private unowned let handler: any TimerHandler
    private let raw = UnsafeMutablePointer<ev_timer>.allocate(capacity: 1)

    /// `handler` is not retained and has to outlive the timer: own the timer from it.
    package init(loop: EventLoop, handler: any TimerHandler) {
        loop.preconditionOnLoop()
        self.loop = loop
        self.handler = handler
        raw.initialize(to: ev_timer())
        CLibevShims_timer_init(raw, timeHasCome, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        stop()
        raw.deinitialize(count: 1)
        raw.deallocate()
    }

    package var isArmed: Bool { CLibevShims_timer_is_active(raw) != 0 }

    /// Arms the timer, or moves it when armed. Counts from the start of the current iteration.
    package func start(afterSeconds seconds: Double) {
        loop.preconditionOnLoop()
        loop.refreshTimeUnlessRunning()
        ev_timer_stop(loop.raw, raw)
        CLibevShims_timer_set(raw, max(0, seconds))
        ev_timer_start(loop.raw, raw)
    }

    /// No callback follows, not even when the time has come already in this iteration.
    package func stop() {
        loop.preconditionOnLoop()
        ev_timer_stop(loop.raw, raw)
    }

    fileprivate func dispatch() { handler.fired(self) }
}

@available(*, unavailable)
extension Timer: Sendable {}

private func timeHasCome(_: OpaquePointer?, _ watcher: UnsafeMutablePointer<ev_timer>?, _: Int32) {
    guard let owner = watcher?.pointee.data else { return }
    Unmanaged<Timer>.fromOpaque(owner).takeUnretainedValue().dispatch()
}
