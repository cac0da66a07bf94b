import EventLoop
import PKITypes
import PathValidation
import SignatureChecking
import TLSStream
import VerificationCore
import X509

/// The policy enforcement point of one connection: asks the engine in mid-handshake, asks again whenever the snapshot
/// changes, and keeps what the log needs.
final class AdmissionGate: PeerJudge {
    let plan: ListenerPlan
    private let pathVerdicts: PathVerdictCache
    unowned let worker: LoopWorker
    private let source: IPAddress?
    /// Set once the TLS connection exists, which in turn knows this gate only weakly.
    weak var stream: TLSStream?
    var path: VerifiedPath?
    var permit: Permit?
    var version = TLSVersion.tls12
    private var registryWord = RegistryWord.none
    private var base: DecisionRecord
    /// When the device proved its key: now, or in the handshake that this one goes on from.
    var authenticatedAt: UnixSeconds?
    var offered: OfferedSession?
    var sessionsAsked = 0
    var isResumed = false
    /// Not the refusal, which holds on to its list.
    private(set) var refusalReason: RefusalReason?
    /// Why the device would be refused, did the listener not only report.
    var observed: RefusalReason?

    init(id: DecisionID, peer: SocketAddress, listener: Listener, worker: LoopWorker) {
        let plan = listener.plan
        self.plan = plan
        pathVerdicts = listener.pathVerdicts
        self.worker = worker
        base = DecisionRecord(id: id, listener: plan.name, source: peer)
        source = peer.ipOctets.flatMap(IPAddress.init(octets:))
    }

    var identity: DeviceIdentity? { path.flatMap { try? $0.identity.get() } }
    var leaf: LeafRecord? { base.leaf }
    /// What a change may name of this connection.
    var liveKeys: [LiveSessionKey] { path.map(LiveSessionKey.all) ?? [] }

    /// Runs inside the handshake, before the device proves its key: what is found here is not yet anybody's doing.
    func judge(_ presented: PresentedCertificates) -> PeerVerdict {
        version = stream?.version ?? .tls12
        // Whatever session was offered: libssl wants a certificate all the same.
        offered = nil
        guard worker.clock.isTrusted else {
            noteRefusal(Refusal(.clockUntrusted))
            base.leaf = LeafRecord(presentedLeaf: presented.leafBytes)
            return .refuse(RefusalReason.clockUntrusted.alert)
        }
        let start = worker.loop.monotonicNanoseconds
        let (judgement, disagreements) = judgement(on: presented)
        plan.counters.decisionSeconds.record(nanoseconds: worker.loop.monotonicNanoseconds - start)
        // Whatever became of the device: a path that was passed over is as much a quarrel of the judges as one that was needed.
        defer { for disagreement in disagreements { worker.note(disagreement, of: base) } }
        switch judgement {
        case .noPath(let failure):
            refusalReason = failure.reason
            base.diagnosis = failure.diagnosis
            base.leaf = LeafRecord(presentedLeaf: presented.leafBytes)
            return .refuse(failure.reason.alert)
        case .decided(let path, let verdict, let provers):
            if !provers.isEmpty { worker.remember(provers) }
            self.path = path
            authenticatedAt = worker.now
            if case .permit(let permit) = verdict { self.permit = permit }
            noteLeaf(of: path)
            switch verdict {
            // Nothing is relayed before the record is read and the decision is made again.
            case .permit, .pending: return .accept
            case .refuse(let refusal):
                noteRefusal(refusal)
                if identity == nil { base.leaf = LeafRecord(presentedLeaf: presented.leafBytes) ?? base.leaf }
                return .refuse(refusal.reason.alert)
            }
        }
    }

    /// A known path is decided at once, and searched for only when it does not do.
    private func judgement(
        on presented: PresentedCertificates
    ) -> (judgement: Judgement, disagreements: [PathDisagreement]) {
        let (snapshot, now) = (worker.snapshot, worker.now)
        let key = presented.fingerprint
        switch pathVerdicts.judge(key, facts, snapshot, now: now) {
        case .judged(let judgement):
            plan.counters.pathVerdictHits.add()
            return (judgement, [])
        case .needsSearch: plan.counters.pathVerdictHits.add()
        case .unknown: plan.counters.pathVerdictMisses.add()
        }
        let judged = judgePaths(of: presented, plan.tls.engine, facts, snapshot, now: now)
        // The most promising path; another is only better while this one's authorities are out of favour.
        if case .success(let first)? = judged.paths.first?.outcome {
            pathVerdicts.remember(first.path, for: key)
        }
        return (judged.judgement, judged.disagreements)
    }

    /// The verdict as of the end of the handshake. A snapshot that came in between is asked, so that nobody slips in under an
    /// older one.
    func verdict(under snapshot: VerificationSnapshot, now: UnixSeconds) -> Verdict {
        settleResumption()
        guard worker.clock.isTrusted else { return .refuse(Refusal(.clockUntrusted)) }
        // Who did not show a certificate has gone on from a session that was decided about, and from no other.
        guard let path, isResumed == (stream?.isResumed ?? false) else { return .refuse(Refusal(.internalError)) }
        if let permit, permit.generation == snapshot.generation { return .permit(permit) }
        return decide(path, facts, snapshot, now: now, moment: .admission)
    }

    func decideAgain(_ snapshot: VerificationSnapshot, now: UnixSeconds) -> Verdict {
        guard let path else { return .refuse(Refusal(.internalError)) }
        return decide(path, facts, snapshot, now: now, moment: .liveSession)
    }

    /// For a path that was decided.
    var registryQuestion: RegistryQuestion {
        guard let path, let identity else { preconditionFailure("the registry is asked about nobody") }
        return RegistryQuestion(
            decision: base.id, listener: plan.name, identity: identity, credential: path.credential, key: path.leafKey,
            validity: path.leafValidity,
            use: worker.snapshot.observes(.registry, on: plan.name, at: worker.now) ? .reported : .enforced
        )
    }

    /// For a path that was decided.
    func observation(_ reason: RefusalReason) -> DeviceObservation {
        guard let path, let identity else { preconditionFailure("nobody was observed") }
        return DeviceObservation(
            listener: plan.name, identity: identity, credential: path.credential, key: path.leafKey, validity: path.leafValidity,
            source: source, reason: reason
        )
    }

    func noteRegistryAdmits() { registryWord = .admitted }

    /// Where that is only reported.
    func noteRegistryRefuses(_ reason: RefusalReason) { registryWord = .refused(reason) }

    /// The answer was sought often enough.
    func unanswered(_ answer: PendingAnswer) -> Refusal {
        switch answer {
        case .record: Refusal(.revocationUnknown, unknown: .recordUnread)
        case .registry: Refusal(.internalError, identity: identity)
        }
    }

    var facts: ConnectionFacts {
        ConnectionFacts(listener: plan.name, source: source, tlsVersion: version, registryWord: registryWord)
    }

    func noteRefusal(_ refusal: Refusal) {
        refusalReason = refusal.reason
        base.listSource = refusal.list?.source
        // What a refusal for other reasons would say stands in the fields already.
        if refusal.unknown != nil || refusal.list != nil { base.diagnosis = RefusalText.detail(refusal, of: path) }
        base.revocationReason = refusal.revocation?.reason
        base.refusingPolicy = refusal.policy
        base.depth = refusal.depth
    }

    func noteLeaf(of path: VerifiedPath) {
        base.leaf = path.certificates.first.map { LeafRecord(serial: $0.serial, issuer: $0.issuer, subject: nil) }
    }

    func noteDiagnosis(_ text: String) { base.diagnosis = text }

    func record() -> DecisionRecord {
        var record = base
        record.tlsVersion = path == nil ? nil : version
        record.signature = stream?.peerSignature
        record.isResumed = isResumed
        record.identity = identity
        record.credential = path?.credential
        record.observed = observed
        record.alertSent = stream?.alertSent.flatMap { $0 == TLSAlert.closeNotify.rawValue ? nil : $0 }
        return record
    }
}

extension LeafRecord {
    /// For a certificate that no path was found for; nil when it cannot be read at all.
    init?(presentedLeaf bytes: [UInt8]) {
        guard let certificate = try? Certificate(der: bytes) else { return nil }
        self.init(serial: certificate.serial, issuer: certificate.issuer, subject: certificate.subject)
        guard case .success(let names) = certificate.extensions.subjectAlternativeNames else { return }
        claimedName = names.lazy.compactMap(\.claim).first
    }
}

extension SubjectAlternativeName {
    /// Cut short, because anybody may have written it.
    fileprivate var claim: String? {
        switch self {
        case .uri(let name), .dns(let name): String(name.prefix(200))
        default: nil
        }
    }
}
