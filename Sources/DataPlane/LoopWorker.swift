import EventLoop
import Observability
import PKITypes
import PathValidation
import VerificationCore

/// Everything that one loop thread owns. Created on that thread and never seen by another; what comes in is commands, what
/// goes out is counters and a bounded ring of events.
final class LoopWorker: TimerHandler {
    /// What a busy session moves between two calls of the system: eight full TLS records.
    private static let scratchOctets = 128 << 10

    let loop = EventLoop()
    let counters: LoopCounters
    /// Borrowed by whichever session reads just now; nothing stays in it between two callbacks.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: scratchOctets, alignment: 16)
    let live: LiveEnforcement<DeviceConnection>
    let clock: TrustedClock
    private let index: Int
    private let run: UInt32
    private let outbox: EventOutbox
    private let provers: ProverLedger
    private let blocking: BlockingThread
    /// ``DataPlane/answer(_:_:)`` follows.
    let askRegistry: @Sendable (RegistryQuestion) -> Void
    /// ``DataPlane/tell(_:)`` follows where an answer is due.
    let tellClaims: @Sendable (SessionNotice) -> Void
    private let mailbox: Mailbox<LoopCommand>
    private let onListsProven: @Sendable () -> Void
    private let onDrained: @Sendable () -> Void
    private var listeners: [String: Listener] = [:]
    private var connections: [DecisionID: DeviceConnection] = [:]
    private var sequence: UInt32 = 0
    private var disagreements = DisagreementLedger()
    private var drainEndsAt: Double?
    private var isDrained = false
    private lazy var drainDeadline = Timer(loop: loop, handler: self)
    private let ebb: MemoryEbb

    init(
        index: Int,
        run: UInt32,
        first: LoopGeneration,
        clock: TrustedClock,
        counters: LoopCounters,
        outbox: EventOutbox,
        provers: ProverLedger,
        blocking: BlockingThread,
        askRegistry: @escaping @Sendable (RegistryQuestion) -> Void,
        tellClaims: @escaping @Sendable (SessionNotice) -> Void,
        mailbox: Mailbox<LoopCommand>,
        onListsProven: @escaping @Sendable () -> Void,
        onDrained: @escaping @Sendable () -> Void
    ) {
        self.index = index
        self.run = run
        self.clock = clock
        self.counters = counters
        self.outbox = outbox
        self.provers = provers
        self.blocking = blocking
        self.askRegistry = askRegistry
        self.tellClaims = tellClaims
        self.mailbox = mailbox
        self.onListsProven = onListsProven
        self.onDrained = onDrained
        ebb = MemoryEbb(loop: loop, giveBack: blocking.giveMemoryBack)
        live = LiveEnforcement(first, loop: loop, index: index, counters: counters, now: { clock.now }, report: outbox.put)
        install(first)
    }

    deinit { scratch.deallocate() }

    func handle(_ command: LoopCommand) {
        switch command {
        case .install(let generation): install(generation)
        case .weigh(let question): live.weigh(question)
        case .recordFetched(let id): connections[id]?.answered()
        case .registryAnswered(let id, .recorded): connections[id]?.registryAdmitted()
        case .registryAnswered(let id, .refused(let reason)): connections[id]?.registryRefused(reason)
        case .sessionAnswered(let id, let answer): connections[id]?.sessionAnswered(answer)
        case .probe(let id, let since): probe(id, heardSince: since)
        case .end(let id, let end): connections[id]?.close(end)
        case .inquire(let inquiry): inquiry.answer(answer(to: inquiry))
        case .decideAllAgain:
            proveLists(of: snapshot)
            live.decideAllAgain()
        case .drain(let seconds): drain(seconds: seconds)
        case .stop:
            closeAll(.adminClosed)
            listeners.values.forEach { $0.close() }
            listeners = [:]
            loop.stop()
        }
    }

    private var isDraining: Bool { drainEndsAt != nil }

    var snapshot: VerificationSnapshot { live.snapshot }
    var now: UnixSeconds { clock.now }

    func nextDecisionID() -> DecisionID {
        sequence &+= 1
        return DecisionID(run: run, loop: index, sequence: sequence)
    }

    func report(_ event: DataPlaneEvent) { outbox.put(event) }

    /// Rare: a list is proven once. The report may be lost in a storm, the ledger's entry not. Whoever was let in while nobody
    /// knew what the list says is decided again, on every loop.
    func remember(_ proved: [ListProver]) {
        let new = provers.add(proved)
        // Whoever hears of it finds it in the ledger.
        onListsProven()
        if !new.isEmpty { report(.listsProven(new)) }
    }

    /// Has a record read that a decision needs; ``DeviceConnection/answered()`` follows.
    func fetch(_ record: UnconfirmedRecord, for id: DecisionID) { blocking.fetch(record, for: id, tell: mailbox) }

    /// Every one is counted, and refused with a line of its own; the path goes into the log once.
    func note(_ disagreement: PathDisagreement, of record: DecisionRecord) {
        counters.verdictDisagreements.add()
        if disagreements.note(disagreement) { report(.verdictsDisagree(record, disagreement)) }
    }

    func adopt(_ connection: DeviceConnection) {
        connections[connection.id] = connection
        ebb.noteChange()
        connection.begin()
    }

    /// The connection is over; the last reference to it goes.
    func release(_ connection: DeviceConnection) {
        connections[connection.id] = nil
        ebb.noteChange()
        if isDraining, connections.isEmpty { drained() }
    }

    func fired(_ timer: Timer) {
        closeAll(.drained)
        drained()
    }

    /// Who is gone gives no sign of life.
    private func probe(_ id: DecisionID, heardSince newcomer: UInt64) {
        guard let connection = connections[id] else { return tellClaims(.probed(id, .dead)) }
        connection.lifeProbe.begin(heardSince: newcomer)
    }

    private func answer(to inquiry: LoopInquiry) -> LoopInquiry.Page {
        let end = min(live.placeCount, inquiry.start + LoopInquiry.placesInPage)
        var sessions: [SessionFacts] = []
        for place in inquiry.start..<max(inquiry.start, end) {
            guard let connection = live[place], connection.isSelected(by: inquiry.selection), let facts = connection.facts else {
                continue
            }
            sessions.append(facts)
            if case .close = inquiry.wish { connection.close(.adminClosed) }
        }
        return LoopInquiry.Page(sessions: sessions, next: end < live.placeCount ? end : nil)
    }

    private func install(_ generation: LoopGeneration) {
        // During the drain nothing new is opened, and who is here may finish (but is still decided again).
        blocking.release(snapshot)
        if !isDraining {
            let names = Set(generation.listeners.map(\.name))
            let open = Set(generation.listeners.flatMap { $0.sockets.map(ObjectIdentifier.init) })
            listeners.values.forEach { $0.leaveSockets(notIn: open) }
            for (name, listener) in listeners where !names.contains(name) {
                listener.close()
                listeners[name] = nil
                connections.values.filter { $0.listener === listener }.forEach { $0.close(.adminClosed) }
            }
            for plan in generation.listeners {
                if let listener = listeners[plan.name] {
                    listener.update(plan)
                } else {
                    listeners[plan.name] = Listener(plan, worker: self)
                }
            }
        }
        proveLists(of: generation.snapshot)
        live.apply(generation)
    }

    /// A device may have brought the issuer of a list while the snapshot was made, or since it was published.
    private func proveLists(of snapshot: VerificationSnapshot) {
        let (new, others) = provers.split(after: snapshot.revocation.proversTried)
        if new.isEmpty { return }
        for listener in listeners.values {
            snapshot.proveParkedLists(by: new, beside: others, listener.plan.tls.engine, now: now)
        }
        snapshot.revocation.proversTried = others.count + new.count
    }

    private func drain(seconds: Double) {
        // A second request must not prolong the first; it may shorten it.
        let left = drainEndsAt.map { min($0, monotonicSeconds + seconds) } ?? monotonicSeconds + seconds
        drainEndsAt = left
        listeners.values.forEach { $0.closeSockets() }
        if connections.isEmpty { return drained() }
        drainDeadline.start(afterSeconds: max(0, left - monotonicSeconds))
    }

    private var monotonicSeconds: Double { Double(loop.monotonicNanoseconds) / 1e9 }

    private func drained() {
        drainDeadline.stop()
        guard !isDrained else { return }
        isDrained = true
        onDrained()
    }

    private func closeAll(_ end: SessionEnd) {
        connections.values.forEach { $0.close(end) }
    }
}

@available(*, unavailable)
extension LoopWorker: Sendable {}
