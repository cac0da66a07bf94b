import CLibev
import CLibevShims

/// What a watcher of a descriptor waits for.
package struct Interest: OptionSet, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// An empty literal costs the relay a metadata look-up each time.
    package static var none: Interest { Interest(rawValue: 0) }
    package static let read = Interest(rawValue: Int32(EV_READ))
    package static let write = Interest(rawValue: Int32(EV_WRITE))
}

/// Whoever is told that a descriptor is ready.
package protocol ReadinessHandler: AnyObject {
    /// Level-triggered: called in each iteration until the bytes are read or the interest is withdrawn. An error or
    /// hang-up of the peer shows as readiness of whatever is waited for, and as nothing while the interest is empty.
    func ready(_ watcher: IOWatcher, readable: Bool, writable: Bool)
}

/// Watches one descriptor on one loop. Stop it before the descriptor is closed.
package final class IOWatcher {
    package let descriptor: Int32
    private let loop: EventLoop
    private unowned let handler: any ReadinessHandler
    private let raw = UnsafeMutablePointer<ev_io>.allocate(capacity: 1)
    private var fedIndex: Int?
    private var hasFedEvent = false

    /// `handler` is not retained and has to outlive the watcher: own the watcher from it.
    package init(loop: EventLoop, descriptor: Int32, handler: any ReadinessHandler) {
        loop.preconditionOnLoop()
        self.loop = loop
        self.descriptor = descriptor
        self.handler = handler
        raw.initialize(to: ev_io())
        CLibevShims_io_init(raw, descriptorReady, descriptor, 0, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        stop()
        raw.deinitialize(count: 1)
        raw.deallocate()
    }

    /// What the watcher waits for; empty at first. Setting it to what it is costs nothing, and changes within one
    /// iteration cost at most one system call together.
    package var interest: Interest = [] {
        didSet {
            guard interest != oldValue else { return }
            loop.preconditionOnLoop()
            if !oldValue.isEmpty { ev_io_stop(loop.raw, raw) }
            CLibevShims_io_modify(raw, interest.rawValue)
            if !interest.isEmpty { ev_io_start(loop.raw, raw) }
            // `ev_io_stop` also drops an event that is queued already. What the poll had found it will find again,
            // being level-triggered; what was fed only we know.
            if hasFedEvent { ev_feed_event(loop.raw, raw, Int32(EV_READ)) }
        }
    }

    /// Calls the handler as readable in the next iteration, which does not block: for bytes that the poller cannot see
    /// because they are inside the TLS object. All other ready watchers get their turn in between.
    package func feed() {
        loop.preconditionOnLoop()
        if fedIndex == nil { fedIndex = loop.addFed(Unmanaged.passUnretained(self)) }
    }

    /// No callback follows, not even for an event that is queued already.
    package func stop() {
        loop.preconditionOnLoop()
        if let index = fedIndex {
            fedIndex = nil
            loop.removeFed(at: index)?.fedIndex = index
        }
        hasFedEvent = false
        ev_io_stop(loop.raw, raw)
        if !interest.isEmpty { interest = [] }
    }

    func queueFedEvent() {
        fedIndex = nil
        hasFedEvent = true
        ev_feed_event(loop.raw, raw, Int32(EV_READ))
    }

    fileprivate func dispatch(_ events: Int32) {
        // libev gave the descriptor up: ours is closed, which is our fault, or the kernel would not watch it (no memory, too
        // many watches), which must cost this connection alone. Nothing is watched then, and its owner's timers end it.
        if events & Int32(truncatingIfNeeded: EV_ERROR) != 0 {
            precondition(SystemCall.isOpen(descriptor), "descriptor \(descriptor) was closed while watched")
        }
        hasFedEvent = false
        handler.ready(self, readable: events & Int32(EV_READ) != 0, writable: events & Int32(EV_WRITE) != 0)
    }
}

@available(*, unavailable)
extension IOWatcher: Sendable {}

private func descriptorReady(_: OpaquePointer?, _ watcher: UnsafeMutablePointer<ev_io>?, _ events: Int32) {
    guard let owner = watcher?.pointee.data else { return }
    Unmanaged<IOWatcher>.fromOpaque(owner).takeUnretainedValue().dispatch(events)
}
