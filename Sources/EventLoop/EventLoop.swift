import CLibev
import CLibevShims
import Glibc

/// One libev loop and the thread that owns it.
///
/// Created on the thread that runs it and used on no other; watchers keep it alive. Other threads reach it through a
/// `Mailbox`.
package final class EventLoop {
    let raw: OpaquePointer
    private let owner = pthread_self()
    private let idle = UnsafeMutablePointer<ev_idle>.allocate(capacity: 1)
    private var fed: [Unmanaged<IOWatcher>] = []
    private var state = State.created

    private enum State { case created, running, stopped }

    package init() {
        // EVFLAG_NOENV: LIBEV_FLAGS in the environment must not choose another backend.
        let flags = UInt32(EVBACKEND_EPOLL) | UInt32(EVFLAG_NOENV)
        guard let raw = ev_loop_new(flags) else { preconditionFailure("no epoll loop: errno \(errno)") }
        self.raw = raw
        // Without a reference of its own `ev_run` returns as soon as no watcher is active.
        ev_ref(raw)
        idle.initialize(to: ev_idle())
        CLibevShims_idle_init_first(idle, feedWatchers, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        precondition(fed.isEmpty, "a loop is destroyed with watchers that wait to be called")
        ev_loop_destroy(raw)
        idle.deinitialize(count: 1)
        idle.deallocate()
    }

    /// Serves watchers until `stop()`; returns at once when that was called before.
    package func run() {
        preconditionOnLoop()
        switch state {
        case .created: state = .running
        case .stopped: return
        case .running: preconditionFailure("a loop is run from one of its own callbacks")
        }
        // `ev_run` forgets an `ev_break` that came before it; `state` does not.
        while state == .running { _ = ev_run(raw, 0) }
    }

    /// Makes `run()` return after the callbacks of this iteration. Final: a stopped loop does not run again.
    package func stop() {
        preconditionOnLoop()
        state = .stopped
        ev_break(raw, Int32(EVBREAK_ALL))
    }

    package func preconditionOnLoop() {
        precondition(pthread_equal(owner, pthread_self()) != 0, "loop state is used from another thread")
    }

    /// Time that only goes forward, read from the clock now; for durations.
    package var monotonicNanoseconds: UInt64 { MonotonicClock.nanoseconds() }

    /// Timers count from the loop's cached time, which stands still while the loop does not run.
    func refreshTimeUnlessRunning() {
        if state != .running { ev_now_update(raw) }
    }

    // MARK: Watchers that ask to be called again

    func addFed(_ watcher: Unmanaged<IOWatcher>) -> Int {
        // An active idle watcher keeps the next poll from blocking.
        if fed.isEmpty { ev_idle_start(raw, idle) }
        fed.append(watcher)
        return fed.count - 1
    }

    /// Takes out the watcher at `index`; returns the one that moved to its place.
    func removeFed(at index: Int) -> IOWatcher? {
        let last = fed.removeLast()
        if fed.isEmpty { ev_idle_stop(raw, idle) }
        guard index < fed.count else { return nil }
        fed[index] = last
        return last.takeUnretainedValue()
    }

    fileprivate func invokeFed() {
        let turn = fed
        fed.removeAll(keepingCapacity: true)
        ev_idle_stop(raw, idle)
        // No Swift callback runs in here: libev only queues, and merges with what the poll has found for them.
        for watcher in turn { watcher._withUnsafeGuaranteedRef { $0.queueFedEvent() } }
    }
}

@available(*, unavailable)
extension EventLoop: Sendable {}

private func feedWatchers(_: OpaquePointer?, _ watcher: UnsafeMutablePointer<ev_idle>?, _: Int32) {
    guard let owner = watcher?.pointee.data else { return }
    Unmanaged<EventLoop>.fromOpaque(owner).takeUnretainedValue().invokeFed()
}
