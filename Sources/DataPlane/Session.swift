import EventLoop
import PKITypes
import SessionRelay
import VerificationCore

/// Who owns a session and is told of its end.
protocol SessionOwner: AnyObject {
    /// - Parameter lingers: the device has been told that nothing more comes and is to have time to read it.
    func sessionEnded(_ session: Session, _ end: SessionEnd, device: ByteChannel, lingers: Bool)
}

/// The driver of a session: moves octets as its state machine allows, and does what the machine says at the ends.
final class Session: ReadinessHandler, IdleTimerHandler, TimerHandler {
    /// Where a session stands on its way out.
    enum Course {
        case relaying
        /// Both directions are through, and only a close_notify still waits for room in the socket.
        case awaitingCloseNotify(SessionEnd)
        /// Nothing more is moved; what was written has not all reached the upstream yet. CLOCK_MONOTONIC, in nanoseconds.
        case awaitingDelivery(SessionEnd, until: UInt64)
        case over
    }

    /// What one session may move before the others of its loop have their turn.
    static let turnOctets = 256 << 10
    /// An upstream that has closed hears no more; a device that does not close in turn is let go after so long without an octet.
    static let deviceCloseSeconds = 30.0

    var octetsFromDevice: UInt64 = 0
    var octetsToDevice: UInt64 = 0
    var machine: SessionStateMachine
    let device: ByteChannel
    let upstream: ByteChannel
    let deviceWatcher: IOWatcher
    lazy var upstreamWatcher = IOWatcher(loop: worker.loop, descriptor: upstream.descriptor, handler: self)
    var towardsUpstream = RelayBuffer()
    var towardsDevice = RelayBuffer()
    private let upstreamAddress: SocketAddress
    let timeouts: ConnectionTimeouts
    let counters: ListenerCounters
    unowned let worker: LoopWorker
    unowned let owner: any SessionOwner
    lazy var idle = IdleTimer(loop: worker.loop, handler: self)
    var idleIsArmed = false
    private(set) lazy var deliveryCheck = Timer(loop: worker.loop, handler: self)
    var course = Course.relaying

    init(
        admission: consuming Admission,
        device: ByteChannel,
        deviceWatcher: IOWatcher,
        upstream: ByteChannel,
        upstreamAddress: SocketAddress,
        timeouts: ConnectionTimeouts,
        counters: ListenerCounters,
        worker: LoopWorker,
        owner: any SessionOwner
    ) {
        machine = SessionStateMachine(admission)
        self.device = device
        self.deviceWatcher = deviceWatcher
        self.upstream = upstream
        self.upstreamAddress = upstreamAddress
        self.timeouts = timeouts
        self.counters = counters
        self.worker = worker
        self.owner = owner
    }

    func start() {
        if let limit = timeouts.idleSeconds { armIdle(limit) }
        // What the device sent with its last flight of the handshake is inside TLS, where no poller sees it.
        if device.hasBufferedOctets { deviceWatcher.feed() }
        if upstream.hasBufferedOctets { upstreamWatcher.feed() }
        updateInterest()
    }

    func deviceReady(readable: Bool, writable: Bool) { ready(.device, readable: readable, writable: writable) }

    func ready(_ watcher: IOWatcher, readable: Bool, writable: Bool) { ready(.upstream, readable: readable, writable: writable) }

    /// Ends the session from our side: the device reads close_notify, the upstream a reset, because it has not got the whole.
    func cut(_ end: SessionEnd) {
        if case .over = course { return }
        upstream.resetOnClose()
        _ = device.closeSending()
        over(end, lingers: true)
    }

    func fired(_ timer: Timer) { checkDelivery() }

    func idleLimitReached(_ timer: IdleTimer) {
        if machine.flow(from: .upstream).hasEnded { return finishAfterUpstream() }
        cut(.idleTimeout)
    }

    func record(
        id: DecisionID,
        listener: String,
        source: SocketAddress,
        leaf: LeafRecord?,
        _ end: SessionEnd,
        startedAt: UInt64
    ) -> SessionRecord {
        SessionRecord(
            decision: id,
            listener: listener,
            source: source,
            identity: machine.admission.permit.identity,
            leaf: leaf,
            upstream: upstreamAddress,
            end: end,
            octetsFromDevice: octetsFromDevice,
            octetsToDevice: octetsToDevice,
            nanoseconds: worker.loop.monotonicNanoseconds - startedAt
        )
    }
}
