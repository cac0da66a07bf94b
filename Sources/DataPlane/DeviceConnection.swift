import EventLoop
import PKITypes
import SessionRelay
import SignatureChecking
import TLSStream
import TLSTermination
import VerificationCore

/// A device's connection, from accept to the last octet.
///
///     handshaking ─► (confirming) ─admitted─► connecting ──► relaying ──► lingering ──► closed
///          │               │                      │                          ▲
///          └──refused──────┴──────────────────────┴──────────────────────────┘
final class DeviceConnection: ReadinessHandler, TimerHandler {
    private enum Phase {
        case handshaking
        /// The handshake is through, and a record that decides is read from the disk. Nothing is read from the device.
        case confirming
        case connecting(UpstreamConnector)
        case relaying(Session)
        case lingering(discarded: Int)
        case closed
    }

    enum Redecision { case kept, cut }

    let id: DecisionID
    let listener: Listener
    let peer: SocketAddress
    private unowned let worker: LoopWorker
    private let plan: ListenerPlan
    private let gate: AdmissionGate
    private var phase = Phase.handshaking
    private var socket: OwnedDescriptor?
    private var tls: TLSServerConnection?
    private var proof: FinishedHandshake?
    private var admission: Admission?
    private var fetch = RecordFetch()
    private let startedAt: UInt64
    private let descriptor: Int32
    private lazy var watcher = IOWatcher(loop: worker.loop, descriptor: descriptor, handler: self)
    private lazy var deadline = Timer(loop: worker.loop, handler: self)

    init(id: DecisionID, descriptor: consuming OwnedDescriptor, peer: SocketAddress, listener: Listener, worker: LoopWorker) {
        self.id = id
        self.peer = peer
        self.listener = listener
        self.worker = worker
        plan = listener.plan
        startedAt = worker.loop.monotonicNanoseconds
        self.descriptor = descriptor.raw
        gate = AdmissionGate(id: id, peer: peer, listener: listener, worker: worker)
        socket = consume descriptor
    }

    func begin() {
        try? ConnectedSocket.configure(descriptor, isTCP: peer.ipOctets != nil, deadPeerSeconds: plan.timeouts.deadPeerSeconds)
        guard let tls = TLSServerConnection(plan.tls, descriptor: descriptor, judge: gate) else {
            return refuse(.internalError, diagnosis: "no memory for TLS")
        }
        gate.stream = tls.stream
        self.tls = tls
        deadline.start(afterSeconds: plan.timeouts.handshakeSeconds)
        stepHandshake()
    }

    var isAdmitted: Bool {
        switch phase {
        case .connecting, .relaying: true
        case .handshaking, .confirming, .lingering, .closed: false
        }
    }

    func ready(_ watcher: IOWatcher, readable: Bool, writable: Bool) {
        switch phase {
        case .handshaking: stepHandshake()
        // The device talks before the upstream is there: it has to wait, in the kernel's buffer.
        case .confirming, .connecting: watcher.interest = []
        case .relaying(let session): session.deviceReady(readable: readable, writable: writable)
        case .lingering(var discarded):
            let progress = Linger.discard(watcher.descriptor, scratch: worker.scratch, discarded: &discarded)
            phase = .lingering(discarded: discarded)
            if progress == .done { finish() }
        case .closed: break
        }
    }

    func fired(_ timer: Timer) {
        switch phase {
        case .handshaking: refuse(.handshakeTimeout, diagnosis: "not finished within \(plan.timeouts.handshakeSeconds) s")
        case .confirming: refuseAdmission(Refusal(.handshakeTimeout), diagnosis: "a revocation record is not read yet")
        case .lingering: finish()
        case .relaying: close(.sessionTooOld)
        case .connecting, .closed: break
        }
    }

    /// Decides again by a new snapshot. Only a session that is admitted can be asked.
    func decideAgain(_ snapshot: VerificationSnapshot, now: UnixSeconds) -> Redecision {
        let refusal: Refusal
        switch gate.decideAgain(snapshot, now: now) {
        case .permit:
            fetch.reset()
            return .kept
        case .pending(let record):
            if waits(for: record) { return .kept }
            refusal = Self.unread
        case .refuse(let verdict): refusal = verdict
        }
        gate.noteRefusal(refusal)
        worker.report(.cut(gate.record(), refusal.reason))
        close(.refused(refusal.reason))
        return .cut
    }

    /// Ends whatever goes on, from our side.
    func close(_ end: SessionEnd) {
        switch phase {
        case .handshaking: refuse(.handshakeFailed, diagnosis: end.code)
        case .confirming: refuseAdmission(Refusal(.handshakeFailed), diagnosis: end.code)
        case .connecting(let connector):
            connector.cancel()
            // Whoever was admitted has an end in the log, too.
            if let record = unrelayedRecord(end) { worker.report(.sessionEnded(record)) }
            endBeforeRelay(end)
        case .relaying(let session): session.cut(end)
        case .lingering: finish()
        case .closed: break
        }
    }

}

// MARK: - Handshake

extension DeviceConnection {
    private func stepHandshake() {
        guard let tls else { preconditionFailure("a handshake without TLS") }
        switch tls.step() {
        case .wantsRead: watcher.interest = .read
        case .wantsWrite: watcher.interest = .write
        case .failed(let failure):
            let reason = gate.refusalReason ?? failure.reason
            refuse(reason, diagnosis: gate.refusalReason == nil ? failure.diagnosis : nil, peerIsSilent: failure.peerIsSilent)
        case .finished(let proof): handshakeFinished(proof)
        }
    }

    private func handshakeFinished(_ proof: consuming FinishedHandshake) {
        plan.counters.fullHandshakes.add()
        plan.counters.handshakeSeconds.record(nanoseconds: worker.loop.monotonicNanoseconds - startedAt)
        self.proof = consume proof
        decideAdmission()
    }

    private func decideAdmission() {
        switch gate.verdict(under: worker.snapshot, now: worker.now) {
        case .refuse(let refusal): refuseAdmission(refusal)
        case .pending(let record):
            guard waits(for: record) else { return refuseAdmission(Self.unread) }
            phase = .confirming
            watcher.interest = []
        case .permit(let permit):
            guard let proof = proof.take() else { preconditionFailure("an admission before the end of the handshake") }
            fetch.reset()
            deadline.stop()
            plan.occupancy.leaveHandshake()
            plan.counters.admitted.add()
            plan.occupancy.beginSession()
            worker.report(.admitted(gate.record(), policy: permit.policy, warnings: permit.warnings))
            admission = Admission(permit, proof)
            connectUpstream()
        }
    }

    /// A refusal after the handshake. OpenSSL sends no other alert than close_notify then (its only way to choose one is the
    /// answer of the verify callback); when the device comes back the record is at hand, and it reads the alert of the reason.
    private func refuseAdmission(_ refusal: Refusal, diagnosis: String? = nil) {
        plan.occupancy.leaveHandshake()
        gate.noteRefusal(refusal)
        if let diagnosis { gate.noteDiagnosis(diagnosis) }
        plan.counters.countRefusal(refusal.reason)
        worker.report(.refused(gate.record(), refusal.reason))
        _ = tls?.stream.sendCloseNotify()
        linger()
    }

    /// A handshake that did not end in an admission. libssl has sent the alert; the device gets the time to read it.
    private func refuse(_ reason: RefusalReason, diagnosis: String?, peerIsSilent: Bool = false) {
        plan.occupancy.leaveHandshake()
        plan.counters.failedHandshakes.add()
        plan.counters.countRefusal(reason)
        if let diagnosis { gate.noteDiagnosis(diagnosis) }
        var record = gate.record()
        // libssl sends one at the end of the stream, too: nobody is there to read it.
        if peerIsSilent { record.alertSent = nil }
        worker.report(peerIsSilent ? .probed(record) : .refused(record, reason))
        tls = nil
        linger()
    }
}

// MARK: - Records on the disk

extension DeviceConnection {
    private static var unread: Refusal { Refusal(.revocationUnknown, unknown: .recordUnread) }

    /// Has the record read elsewhere. False when that was tried often enough.
    private func waits(for record: UnconfirmedRecord) -> Bool {
        switch fetch.next() {
        case .begin: worker.fetch(record, for: id)
        case .isUnderWay: break
        case .givenUp: return false
        }
        return true
    }

    /// The record that a decision waited for was read: the decision is made by the snapshot of now.
    func recordFetched() -> Redecision {
        fetch.ended()
        switch phase {
        case .confirming:
            decideAdmission()
            return .kept
        case .connecting, .relaying: return decideAgain(worker.snapshot, now: worker.now)
        case .handshaking, .lingering, .closed: return .kept
        }
    }
}

// MARK: - Upstream and session

extension DeviceConnection: UpstreamConnectorOwner {
    private func connectUpstream() {
        guard let identity = gate.identity else { preconditionFailure("an admission without an identity") }
        let header: [UInt8]
        do {
            header = try UpstreamGreeting.octets(
                plan.upstream,
                device: peer,
                descriptor: descriptor,
                stream: tls?.stream,
                identity: identity
            )
        } catch {
            return upstreamFailed(.internalError, diagnosis: "PROXY header: \(error)")
        }
        let connector = UpstreamConnector(
            loop: worker.loop,
            plan: plan.upstream,
            header: header,
            timeouts: plan.timeouts,
            owner: self
        )
        phase = .connecting(connector)
        connector.start()
    }

    func upstreamConnected(_ channel: ByteChannel, address: SocketAddress) {
        guard let admission = admission.take(), let socket = socket.take(), let stream = tls?.stream else {
            preconditionFailure("an upstream was connected for nobody")
        }
        let session = Session(
            admission: admission,
            device: ByteChannel(socket, tls: stream),
            deviceWatcher: watcher,
            upstream: channel,
            upstreamAddress: address,
            timeouts: plan.timeouts,
            counters: plan.counters,
            worker: worker,
            owner: self
        )
        phase = .relaying(session)
        if let limit = plan.timeouts.sessionSeconds { deadline.start(afterSeconds: limit) }
        session.start()
    }

    func upstreamFailed(_ reason: RefusalReason, diagnosis: String) {
        gate.noteDiagnosis(diagnosis)
        worker.report(.upstreamFailed(gate.record(), reason, upstream: plan.upstream.name))
        endBeforeRelay(.refused(reason))
    }

    private func unrelayedRecord(_ end: SessionEnd) -> SessionRecord? {
        gate.identity.map {
            SessionRecord(
                decision: id, listener: plan.name, source: peer, identity: $0, leaf: gate.leaf, upstream: nil, end: end,
                octetsFromDevice: 0, octetsToDevice: 0, nanoseconds: worker.loop.monotonicNanoseconds - startedAt
            )
        }
    }

    /// Admitted, but nothing was relayed.
    private func endBeforeRelay(_ end: SessionEnd) {
        plan.counters.countEnd(end)
        plan.occupancy.endSession()
        _ = tls?.stream.sendCloseNotify()
        linger()
    }
}

extension DeviceConnection: SessionOwner {
    func sessionEnded(_ session: Session, _ end: SessionEnd, device: ByteChannel, lingers: Bool) {
        deadline.stop()
        plan.counters.countEnd(end)
        plan.occupancy.endSession()
        worker.report(
            .sessionEnded(session.record(id: id, listener: plan.name, source: peer, leaf: gate.leaf, end, startedAt: startedAt)))
        if lingers {
            socket = device.surrender()
            linger()
        } else {
            watcher.stop()
            finish()
        }
    }
}

// MARK: - The end

extension DeviceConnection {
    /// Our side is closed; the device's last octets are thrown away for a bounded while, so that what we said last arrives.
    private func linger() {
        guard socket != nil else { return finish() }
        phase = .lingering(discarded: 0)
        SystemCall.shutdownWrite(descriptor)
        deadline.start(afterSeconds: Linger.seconds)
        watcher.interest = .read
    }

    private func finish() {
        if case .closed = phase { return }
        phase = .closed
        deadline.stop()
        watcher.stop()
        tls = nil
        socket = nil
        plan.occupancy.leave()
        worker.release(self)
    }
}

@available(*, unavailable)
extension DeviceConnection: Sendable {}
