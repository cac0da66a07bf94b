import EventLoop
import PKITypes

/// A listener on one loop: accepts devices under its limits and starts their connections.
final class Listener: ReadinessHandler, TimerHandler {
    /// Connections taken in one turn; the other sessions of the loop wait meanwhile.
    private static let acceptsPerTurn = 16

    private(set) var plan: ListenerPlan
    private(set) var pathVerdicts: PathVerdictCache
    private unowned let worker: LoopWorker
    private var acceptors: [(socket: ListeningSocket, watcher: IOWatcher)] = []
    private var backoff = AcceptBackoff()
    private lazy var pause = Timer(loop: worker.loop, handler: self)

    init(_ plan: ListenerPlan, worker: LoopWorker) {
        self.plan = plan
        self.worker = worker
        pathVerdicts = PathVerdictCache(trustSet: plan.tls.engine.trustSet, evictions: plan.counters.pathVerdictEvictions)
        watchSockets()
    }

    /// Gives up the sockets that no plan holds any more: whoever waits in their queues is taken, whoever comes later is refused
    /// at once. Closing would not do, as an old plan lives on with its last session.
    func leaveSockets(notIn open: Set<ObjectIdentifier>) {
        for acceptor in acceptors where !open.contains(ObjectIdentifier(acceptor.socket)) {
            acceptor.watcher.stop()
            // No more than the queue holds: a flood must not keep the loop here.
            for _ in 0..<ListeningSocket.defaultBacklog {
                guard case .connection(let descriptor, let peer) = acceptor.socket.accept() else { break }
                begin(descriptor, peer)
            }
            acceptor.socket.stop()
        }
        acceptors.removeAll { !open.contains(ObjectIdentifier($0.socket)) }
    }

    /// New connections follow the new plan; a socket that is in both plans keeps its queue.
    func update(_ plan: ListenerPlan) {
        self.plan = plan
        if plan.tls.engine.trustSet != pathVerdicts.trustSet {
            pathVerdicts = PathVerdictCache(trustSet: plan.tls.engine.trustSet, evictions: plan.counters.pathVerdictEvictions)
        }
        watchSockets()
    }

    /// Stops accepting. Connections that are here live on.
    func close() {
        pause.stop()
        acceptors.forEach { $0.watcher.stop() }
        acceptors = []
    }

    /// Stops accepting for good: who connects is refused at once instead of waiting in the kernel's queue.
    func closeSockets() {
        acceptors.forEach { $0.socket.stop() }
        close()
    }

    func ready(_ watcher: IOWatcher, readable: Bool, writable: Bool) {
        guard let acceptor = acceptors.first(where: { $0.watcher === watcher }) else { return }
        for _ in 0..<Self.acceptsPerTurn {
            switch acceptor.socket.accept() {
            case .connection(let descriptor, let peer):
                backoff.succeeded()
                begin(descriptor, peer)
            case .wouldBlock: return
            case .aborted: continue
            case .exhausted(let code): return pauseAccepting(code)
            }
        }
    }

    func fired(_ timer: Timer) {
        acceptors.forEach { $0.watcher.interest = .read }
        worker.report(.acceptResumed(listener: plan.name))
    }

    private func begin(_ descriptor: consuming OwnedDescriptor, _ peer: SocketAddress) {
        plan.counters.accepted.add()
        let id = worker.nextDecisionID()
        guard plan.occupancy.enter(plan.limits) else {
            plan.counters.countRefusal(.overload)
            return worker.report(.refused(DecisionRecord(id: id, listener: plan.name, source: peer), .overload))
        }
        worker.adopt(DeviceConnection(id: id, descriptor: descriptor, peer: peer, listener: self, worker: worker))
    }

    /// The waiting connection stays in the kernel's queue, so the socket stays readable: resting is all there is to do.
    private func pauseAccepting(_ code: Int32) {
        acceptors.forEach { $0.watcher.interest = [] }
        pause.start(afterSeconds: backoff.nextPauseSeconds())
        worker.counters.acceptPauses.add()
        worker.report(.acceptPaused(listener: plan.name, errno: code))
    }

    private func watchSockets() {
        for socket in plan.sockets {
            try? ConnectedSocket.configure(accepting: socket, deadPeerSeconds: plan.timeouts.deadPeerSeconds)
        }
        let kept = acceptors.filter { acceptor in plan.sockets.contains { $0 === acceptor.socket } }
        for acceptor in acceptors where !kept.contains(where: { $0.socket === acceptor.socket }) { acceptor.watcher.stop() }
        let added = plan.sockets.filter { socket in !kept.contains { $0.socket === socket } }
        acceptors = kept + added.map { ($0, IOWatcher(loop: worker.loop, descriptor: $0.descriptor, handler: self)) }
        if !pause.isArmed { acceptors.forEach { $0.watcher.interest = .read } }
    }
}
