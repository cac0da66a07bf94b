import EventLoop
import Glibc
import PKITypes
import SessionRelay
import VerificationCore

/// Who owns a session and is told of its end.
protocol SessionOwner: AnyObject {
    /// - Parameter lingers: the device has been told that nothing more comes and is to have time to read it.
    func sessionEnded(_ session: Session, _ end: SessionEnd, device: ByteChannel, lingers: Bool)
}

/// The driver of a session: moves octets as its state machine allows, and does what the machine says at the ends.
final class Session: ReadinessHandler, IdleTimerHandler {
    /// What one session may move before the others of its loop have their turn.
    private static let turnOctets = 256 << 10
    /// An upstream that has closed hears no more; a device that does not close in turn is let go after so long without an octet.
    private static let deviceCloseSeconds = 30.0

    private(set) var octetsFromDevice: UInt64 = 0
    private(set) var octetsToDevice: UInt64 = 0
    private var machine: SessionStateMachine
    private let device: ByteChannel
    private let upstream: ByteChannel
    private let deviceWatcher: IOWatcher
    private lazy var upstreamWatcher = IOWatcher(loop: worker.loop, descriptor: upstream.descriptor, handler: self)
    private var towardsUpstream = RelayBuffer()
    private var towardsDevice = RelayBuffer()
    private let upstreamAddress: SocketAddress
    private let timeouts: ConnectionTimeouts
    private let counters: ListenerCounters
    private unowned let worker: LoopWorker
    private unowned let owner: any SessionOwner
    private lazy var idle = IdleTimer(loop: worker.loop, handler: self)
    private var idleIsArmed = false
    private var isOver = false
    /// Both directions are through, and only a close_notify still waits for room in the socket.
    private var endBehindCloseNotify: SessionEnd?

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
        guard !isOver else { return }
        upstream.resetOnClose()
        _ = device.closeSending()
        over(end, lingers: true)
    }

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

// MARK: - Moving octets

extension Session {
    private func ready(_ side: Side, readable: Bool, writable: Bool) {
        guard !isOver else { return }
        let channel = channel(side)
        if writable {
            if channel.closeNotifyIsPending, channel.closeSending() { afterClose(side) }
            if let end = endBehindCloseNotify, !channel.closeNotifyIsPending { return over(end, lingers: false) }
            if !isOver { flush(to: side) }
        }
        if !isOver, readable || channel.readWantsWrite { pump(from: side) }
        if !isOver { updateInterest() }
    }

    /// Reads from one side and writes to the other until there is nothing more, no room, or no time.
    private func pump(from source: Side) {
        let from = channel(source)
        let to = channel(source.opposite)
        var moved = 0
        while !isOver, machine.flow(from: source).wantsInput {
            guard moved < Self.turnOctets else { return watcher(source).feed() }
            let (octets, state) = from.fill(worker.scratch)
            if octets > 0 {
                moved += octets
                count(octets, from: source)
                let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(worker.scratch)[..<octets])
                guard pass(bytes, from: source, to: to) else { return }
            }
            switch state {
            case .more: continue
            case .drained: return
            case .ended(let end): return perform(machine.sourceEnded(source, end))
            case .reset: return resetBoth(source == .device ? .deviceReset : .upstreamReset)
            case .failed(let code): return resetBoth(failureEnd(source, code))
            }
        }
    }

    /// Writes what was read; what is not taken waits and stops the reading. False when the session is over.
    private func pass(_ bytes: UnsafeRawBufferPointer, from source: Side, to destination: ByteChannel) -> Bool {
        let (sent, state) = destination.drain(bytes)
        switch state {
        case .taken: return true
        case .blocked:
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            if source == .device { towardsUpstream.append(rest) } else { towardsDevice.append(rest) }
            machine.stored(rest.count, from: source)
            return true
        case .reset:
            resetBoth(source == .device ? .upstreamReset : .deviceReset)
            return false
        case .failed(let code):
            resetBoth(failureEnd(source.opposite, code))
            return false
        }
    }

    private func flush(to side: Side) {
        let source = side.opposite
        guard machine.flow(from: source).wantsOutput else { return }
        var state = ByteChannel.DrainState.taken
        let writer: (UnsafeRawBufferPointer) -> Int = { [channel = channel(side)] bytes in
            let outcome = channel.drain(bytes)
            state = outcome.state
            return outcome.octets
        }
        let taken = side == .upstream ? towardsUpstream.consume(writer) : towardsDevice.consume(writer)
        perform(machine.flushed(taken, from: source))
        guard !isOver else { return }
        switch state {
        case .taken:
            // Octets that waited inside TLS while reading was stopped are not reported again.
            if channel(source).hasBufferedOctets { watcher(source).feed() }
        case .blocked: break
        case .reset: resetBoth(side == .upstream ? .upstreamReset : .deviceReset)
        case .failed(let code): resetBoth(failureEnd(side, code))
        }
    }

    private func count(_ octets: Int, from source: Side) {
        switch source {
        case .device:
            octetsFromDevice += UInt64(octets)
            counters.octetsFromDevices.add(UInt64(octets))
        case .upstream:
            octetsToDevice += UInt64(octets)
            counters.octetsToDevices.add(UInt64(octets))
        }
        if idleIsArmed { idle.touch() }
    }

    private func updateInterest() {
        deviceWatcher.interest = interest(of: .device)
        upstreamWatcher.interest = interest(of: .upstream)
    }

    private func interest(of side: Side) -> Interest {
        var interest: Interest = []
        let channel = channel(side)
        if machine.flow(from: side).wantsInput {
            interest.insert(.read)
            // Only while something may be read: a read that may not go on would be announced again and again.
            if channel.readWantsWrite { interest.insert(.write) }
        }
        if machine.flow(from: side.opposite).wantsOutput || channel.closeNotifyIsPending { interest.insert(.write) }
        return interest
    }

    private func channel(_ side: Side) -> ByteChannel { side == .device ? device : upstream }

    private func watcher(_ side: Side) -> IOWatcher { side == .device ? deviceWatcher : upstreamWatcher }

    private func failureEnd(_ side: Side, _ code: Int32) -> SessionEnd {
        if code == ETIMEDOUT { return .deadPeer }
        if code == EPROTO { return side == .device ? .refused(.protocolError) : .refused(.upstreamUntrusted) }
        return side == .device ? .deviceReset : .upstreamReset
    }
}

// MARK: - Ending

extension Session {
    private func perform(_ effect: SessionStateMachine.Effect) {
        switch effect {
        case .none: break
        case .passEnd(let side):
            if channel(side).closeSending() { afterClose(side) }
        case .finish(let end, let side):
            // Closed now, a side whose close_notify does not fit would take the end for a truncation.
            if let side, !channel(side).closeSending() {
                endBehindCloseNotify = end
                boundGoodbye()
            } else {
                over(end, lingers: false)
            }
        case .abort(let end):
            upstream.resetOnClose()
            // No close_notify: it would vouch, over the device's own TLS, for an answer that was cut short (RFC 8446 §6.1).
            over(end, lingers: true)
        }
    }

    /// The upstream is through and the device knows: it has a bounded while to say its own goodbye.
    private func afterClose(_ side: Side) {
        guard side == .device, machine.flow(from: .upstream).hasEnded, machine.flow(from: .device).isOpen else { return }
        boundGoodbye()
    }

    private func boundGoodbye() { armIdle(min(Self.deviceCloseSeconds, timeouts.idleSeconds ?? Self.deviceCloseSeconds)) }

    private func finishAfterUpstream() {
        upstream.resetOnClose()
        over(.upstreamClosed, lingers: false)
    }

    private func resetBoth(_ end: SessionEnd) {
        upstream.resetOnClose()
        device.resetOnClose()
        over(end, lingers: false)
    }

    private func armIdle(_ seconds: Double) {
        idleIsArmed = true
        idle.start(limitSeconds: seconds)
    }

    private func over(_ end: SessionEnd, lingers: Bool) {
        isOver = true
        if idleIsArmed { idle.stop() }
        upstreamWatcher.stop()
        upstream.close()
        if !lingers { deviceWatcher.stop() }
        owner.sessionEnded(self, end, device: device, lingers: lingers)
    }
}
