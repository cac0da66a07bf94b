import EventLoop
import PKITypes
import TLSTermination
import VerificationCore

/// A device's connection, from accept to the last octet.
///
///     handshaking ─► (confirming) ─admitted─► connecting ──► relaying ──► lingering ──► closed
///          │               │                      │                          ▲
///          └──refused──────┴──────────────────────┴──────────────────────────┘
final class DeviceConnection: ReadinessHandler, TimerHandler {
    enum Phase {
        case handshaking
        /// The handshake is through, and a record that decides is read from the disk. Nothing is read from the device.
        case confirming
        case connecting(UpstreamConnector)
        case relaying(Session)
        case lingering(discarded: Int)
        case closed
    }

    let id: DecisionID
    let listener: Listener
    let peer: SocketAddress
    unowned let worker: LoopWorker
    let plan: ListenerPlan
    let gate: AdmissionGate
    var phase = Phase.handshaking
    var socket: OwnedDescriptor?
    var tls: TLSServerConnection?
    var proof: FinishedHandshake?
    var admission: Admission?
    /// Among the live sessions of the loop.
    var place: LivePlace?
    var wait = AnswerWait()
    var claim = ClaimStanding.none
    /// Why the session would have been one too many, where the listener only reports.
    var observedLimit: RefusalReason?
    private(set) lazy var lifeProbe = LifeProbe(self)
    let startedAt: UInt64
    let descriptor: Int32
    lazy var watcher = IOWatcher(loop: worker.loop, descriptor: descriptor, handler: self)
    lazy var deadline = Timer(loop: worker.loop, handler: self)

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
        guard let tls = TLSServerConnection(plan.tls, descriptor: descriptor, judge: gate, sessions: gate) else {
            return refuse(.internalError, diagnosis: "no memory for TLS")
        }
        gate.stream = tls.stream
        self.tls = tls
        deadline.start(afterSeconds: plan.timeouts.handshakeSeconds)
        stepHandshake()
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
        case .confirming: refuseAdmission(Refusal(.handshakeTimeout), diagnosis: "what decides was not answered in time")
        case .lingering: finish()
        case .relaying: close(.sessionTooOld)
        case .connecting, .closed: break
        }
    }

    /// The answer that a decision waited for is there: the decision is made by the snapshot of now.
    func answered() {
        wait.ended()
        switch phase {
        case .confirming: decideAdmission()
        case .connecting, .relaying:
            worker.live.note(decideAgain(worker.snapshot, now: worker.now), of: self)
        case .handshaking, .lingering, .closed: break
        }
    }
}

@available(*, unavailable)
extension DeviceConnection: Sendable {}
