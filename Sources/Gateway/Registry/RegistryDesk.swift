import DataPlane
import DeviceRegistry
import Dispatch
import Logging
import PKITypes
import SnapshotAssembly
import Synchronization
import VerificationCore

/// The registry as a running gateway has it: the one place where it is written, and where what decisions see of it is made.
///
/// Everything happens on one queue, off the loops and beside the reloads: a device is retired while a list is being read.
final class RegistryDesk: Sendable {
    /// How long a change that another process makes to the store may stay unseen.
    private static let pollMilliseconds = 500
    /// Between two looks at what only time changes, and two writings of who was seen.
    private static let beatPolls = 10

    private struct Work {
        /// As the loops were told.
        var devices: DeviceIndex
        var questions: [RegistryQuestion] = []
        var polls = 0
        var publish: (@Sendable (DeviceIndex, SnapshotChange) -> Void)?
        var answer: (@Sendable (DecisionID, RegistryAnswer) -> Void)?
    }

    let registry: Registry
    let observations: ObservationLedger
    private let visits: VisitLedger
    private let policy: CredentialPolicy
    private let clock: TrustedClock
    private let logger: Logger
    private let queue = DispatchQueue(label: "registry", qos: .userInitiated)
    private let work: Mutex<Work>
    /// Used on the queue alone: it is held while the store is read.
    private let view: Mutex<DeviceView>

    /// Reads every device.
    init(
        _ store: any DeviceStore & ObservationStore, policy: CredentialPolicy, clock: TrustedClock, logger: Logger
    ) throws(StoreFailure) {
        let registry = Registry(store)
        self.registry = registry
        visits = VisitLedger(logger) { visits throws(RegistryFailure) in try registry.record(visits) }
        observations = ObservationLedger(store, logger)
        self.policy = policy
        self.clock = clock
        self.logger = logger
        let view = try DeviceView(of: store, policy: policy, at: clock.now)
        work = Mutex(Work(devices: view.index))
        self.view = Mutex(view)
    }

    var devices: DeviceIndex { work.withLock { $0.devices } }

    /// - Parameters:
    ///   - publish: has the loops decide by these devices; those that changed are decided again.
    ///   - answer: tells a loop what became of its question.
    func open(
        publish: @escaping @Sendable (DeviceIndex, SnapshotChange) -> Void,
        answer: @escaping @Sendable (DecisionID, RegistryAnswer) -> Void
    ) {
        work.withLock { work in
            work.publish = publish
            work.answer = answer
        }
        pollLater()
    }

    /// What is asked later gets no answer.
    func close() {
        work.withLock { work in (work.publish, work.answer) = (nil, nil) }
        queue.sync { [self] in
            while visits.writeDown() {}
            observations.writeDown()
        }
    }

    /// The store was changed elsewhere. When it returns, the loops have been told; whoever asks meanwhile is answered.
    func catchUp() { while queue.sync(execute: refresh) == .moreToRead {} }

    /// What the loops tell of devices. It is written down with more of its kind, some seconds later.
    func note(_ event: DataPlaneEvent) {
        switch event {
        case .observed(let sighting): observations.note(sighting, at: clock.now)
        case .admitted(let record, _, _): visits.note(record, at: clock.now)
        default: break
        }
    }

    /// From a loop. Questions that come while others are answered are answered together, in one transaction.
    func ask(_ question: RegistryQuestion) {
        let isFirst = work.withLock { work in
            work.questions.append(question)
            return work.questions.count == 1
        }
        if isFirst { queue.async { [self] in answerAll() } }
    }

    /// Changes the registry. When it returns, the loops have been told.
    func change<Value>(
        _ body: (Registry) throws(RegistryFailure) -> Value
    ) throws(RegistryFailure) -> Value {
        let outcome = queue.sync { Result { () throws(RegistryFailure) in try body(registry) } }
        let value = try outcome.get()
        catchUp()
        return value
    }

    // MARK: - On the queue

    private func answerAll() {
        let (questions, answer) = work.withLock { work in
            defer { work.questions = [] }
            return (work.questions, work.answer)
        }
        let now = clock.now
        let sightings = questions.map { question in
            let presented = PresentedCredential(id: question.credential, key: question.key, validity: question.validity)
            return Sighting(
                identity: question.identity, presented: presented, time: now,
                findings: question.use == .enforced ? .asPolicySays : .onlyReported)
        }
        let answers: [RegistryAnswer]
        do throws(RegistryFailure) {
            let outcomes = try registry.record(sightings, policy: policy)
            answers = zip(questions, outcomes).map { question, outcome in
                note(outcome, question)
                return RegistryAnswer(outcome)
            }
        } catch {
            logger.error("the registry does not answer", metadata: ["cause": "\(error)"])
            answers = questions.map { _ in .refused(.internalError) }
        }
        // Before anybody is told: whoever is admitted is decided by it, whatever else there is to read.
        if refresh() == .moreToRead { refresh(Set(questions.map(\.identity))) }
        for (question, given) in zip(questions, answers) { answer?(question.decision, given) }
    }

    private func pollLater() {
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.pollMilliseconds)) { [weak self] in self?.poll() }
    }

    private func poll() {
        let (isOpen, isBeat) = work.withLock { work in
            work.polls += 1
            return (work.publish != nil, work.polls % Self.beatPolls == 0)
        }
        guard isOpen else { return }
        defer { pollLater() }
        if isBeat { beat() }
        observations.writeDown()
        let seen = view.withLock { $0.position }
        guard let current = try? registry.store.revision(), seen != EntryPosition(allOf: current) else { return }
        refreshInTurns()
    }

    private func refreshInTurns() {
        if refresh() == .moreToRead { queue.async { [self] in refreshInTurns() } }
    }

    private func beat() {
        _ = visits.writeDown()
        do throws(RegistryFailure) {
            for identity in try registry.endOverlaps(at: clock.now) {
                logger.notice("overlap ended", metadata: ["identity": "\(identity)"])
            }
        } catch {
            logger.error("overlaps are not ended", metadata: ["cause": "\(error)"])
        }
    }

    /// A page of what is new. The loops are told when it was the last one.
    private func refresh() -> DeviceView.Progress {
        update { view throws(StoreFailure) in try view.update(from: registry.store, at: clock.now) } ?? .upToDate
    }

    private func refresh(_ identities: Set<DeviceIdentity>) {
        update { view throws(StoreFailure) in
            try view.update(identities, from: registry.store, at: clock.now)
            return .upToDate
        }
    }

    /// - Returns: nil when the store cannot be read.
    @discardableResult
    private func update(
        _ body: (inout DeviceView) throws(StoreFailure) -> DeviceView.Progress
    ) -> DeviceView.Progress? {
        view.withLock { view in
            let progress: DeviceView.Progress?
            do throws(StoreFailure) { progress = try body(&view) } catch {
                logger.error("decisions go by what was known of the devices before", metadata: ["cause": "\(error)"])
                progress = nil
            }
            // What was read before a failure holds: nobody retired waits for a row that cannot be read.
            guard progress != .moreToRead else { return progress }
            let (devices, change) = (view.index, view.takeChange())
            let publish = work.withLock { work in
                work.devices = devices
                return work.publish
            }
            if change != .none { publish?(devices, change) }
            return progress
        }
    }

    private func note(_ outcome: SightingOutcome, _ question: RegistryQuestion) {
        guard case .judged(let judgement, let transition) = outcome else { return }
        let facts: Logger.Metadata = [
            "decision": "\(question.decision)", "listener": "\(question.listener)", "identity": "\(question.identity)",
            "serial": "\(question.credential.serial)", "issuer": "\(question.credential.issuer.display)",
        ]
        for finding in judgement.findings {
            logger.warning(
                "credential finding",
                metadata: facts.merging(["finding": "\(finding.finding.rawValue)", "answer": "\(finding.answer)"]) { $1 })
        }
        if let transition {
            logger.notice(
                "device changed",
                metadata: facts.merging(["from": "\(transition.from.name)", "to": "\(transition.to.name)"]) { $1 })
        } else if judgement.binds, judgement.refusal == nil {
            logger.notice("credential bound", metadata: facts)
        }
    }
}

extension RegistryAnswer {
    init(_ outcome: SightingOutcome) {
        switch outcome {
        case .unknownDevice: self = .refused(.deviceUnknown)
        case .refusedByState(let state): self = .refused(state.refusal ?? .internalError)
        case .judged(let judgement, _): self = judgement.refusal.map { .refused($0.finding.refusal) } ?? .recorded
        }
    }
}
