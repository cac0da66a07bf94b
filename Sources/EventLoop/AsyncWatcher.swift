import CLibev
import CLibevShims

/// The loop's end of a wake-up from another thread.
final class AsyncWatcher {
    private let loop: EventLoop
    private let wokenUp: () -> Void
    private let raw = UnsafeMutablePointer<ev_async>.allocate(capacity: 1)

    init(loop: EventLoop, wokenUp: @escaping () -> Void) {
        loop.preconditionOnLoop()
        self.loop = loop
        self.wokenUp = wokenUp
        raw.initialize(to: ev_async())
        CLibevShims_async_init(raw, wakeUp, Unmanaged.passUnretained(self).toOpaque())
        ev_async_start(loop.raw, raw)
    }

    /// Every copy of `waker` has to be gone by now: a late wake-up would write to freed memory.
    deinit {
        loop.preconditionOnLoop()
        ev_async_stop(loop.raw, raw)
        raw.deinitialize(count: 1)
        raw.deallocate()
    }

    var waker: CLibevShims_waker { CLibevShims_waker(loop: loop.raw, async: raw) }

    fileprivate func dispatch() { wokenUp() }
}

private func wakeUp(_: OpaquePointer?, _ watcher: UnsafeMutablePointer<ev_async>?, _: Int32) {
    guard let owner = watcher?.pointee.data else { return }
    Unmanaged<AsyncWatcher>.fromOpaque(owner).takeUnretainedValue().dispatch()
}
