import PKITypes
import PathValidation
import VerificationCore
import X509

/// The whole decision on a device as a configuration would make it, step by step: facts for people (``text``) and for
/// programs (``json``).
///
/// Whatever decides is asked, not imitated: the path engine, ``judgePaths(of:_:_:_:now:)``, the revocation index, the policies'
/// own rules.
package struct Explanation: Sendable {
    package let request: ExplanationRequest
    package let obstacle: HandshakeObstacle?
    /// The leaf as it was shown; nil when it cannot be read.
    package let leaf: CertificateFact?
    /// The path that decided, the leaf first; empty when there is none.
    package let path: [CertificateFact]
    package let anchorEntry: String?
    package let attempts: [PathAttempt]
    /// For each certificate below the anchor.
    package let revocation: [RevocationFinding]
    /// Nil without a path.
    package let identity: IdentityFinding?
    /// Nil without an identity that the trust anchor vouches for.
    package let policy: PolicyFinding?
    package let outcome: Outcome

    /// - Parameter presented: the request's chain, as the engine reads it.
    package init<Engine: PathValidator & ListSignatureChecker & ListSignerSource>(
        _ request: ExplanationRequest, _ presented: Engine.Presented, _ engine: Engine
    ) {
        let snapshot = request.listener.snapshot
        let judged = Self.judged(presented, engine, request)
        let leaf = try? Certificate(der: request.chain[0])
        self.request = request
        obstacle = HandshakeObstacle(request)
        self.leaf = leaf.map { CertificateFact($0, under: nil, request) }
        attempts = PathAttempt.all(judged, request)

        let deciding = judged.deciding.map { judged.paths[$0] }
        path = deciding.map { PathAttempt.facts($0.path.certificates, under: $0.path.anchorEntry, request) } ?? []
        anchorEntry = deciding?.path.anchorEntry
        let decided = deciding.flatMap { try? $0.outcome.get() }
        revocation = decided.map { RevocationFinding.all($0, request) } ?? []
        let entry = deciding.flatMap { snapshot.anchor(named: $0.path.anchorEntry) }
        let identity: IdentityFinding? =
            if let decided, let leaf, let entry { IdentityFinding(decided.path, leaf: leaf, entry) } else { nil }
        self.identity = identity
        let policy = decided.flatMap { decided in
            identity?.confirmed.map { PolicyFinding($0, decided.path, request) }
        }
        self.policy = policy

        let verdict = Self.outcome(judged.judgement, identity, policy)
        outcome = obstacle.map(Outcome.init) ?? verdict
    }

    /// Records on a disk are read, and the question is asked again. A gateway lets the connection wait meanwhile.
    private static func judged<Engine: PathValidator & ListSignatureChecker & ListSignerSource>(
        _ presented: Engine.Presented, _ engine: Engine, _ request: ExplanationRequest
    ) -> JudgedPaths {
        var judged = judgePaths(of: presented, engine, request.facts, request.listener.snapshot, now: request.moment)
        for _ in 0..<RevocationFinding.maximumFetches {
            guard case .decided(_, .pending(.record(let record)), _) = judged.judgement else { break }
            record.fetch()
            judged = judgePaths(of: presented, engine, request.facts, request.listener.snapshot, now: request.moment)
        }
        return judged
    }

    private static func outcome(_ judgement: Judgement, _ identity: IdentityFinding?, _ policy: PolicyFinding?) -> Outcome {
        switch judgement {
        case .noPath(let failure): return Outcome(failure.reason, at: .path, depth: nil, detail: failure.diagnosis)
        case .decided(_, .permit(let permit), _): return Outcome(permit)
        case .decided(_, .pending(.registry), _):
            let detail = "the registry does not know the credential, and would judge it once the device has proved its key"
            return Outcome(.credentialNotBound, at: .identity, depth: nil, detail: detail)
        case .decided(_, .pending(.record), _):
            let detail = RevocationStatus.Cause.recordUnread.description
            return Outcome(.revocationUnknown, at: .revocation, depth: nil, detail: detail)
        case .decided(let path, .refuse(let refusal), _):
            let step = DecisionStep(refusal.reason)
            let detail: String
            switch step {
            case .handshake, .path, .revocation: detail = RefusalText.detail(refusal, of: path)
            case .identity: detail = identity?.refusal(refusal.reason) ?? refusal.reason.rawValue
            case .policy: detail = policy?.refusal ?? refusal.reason.rawValue
            }
            return Outcome(refusal.reason, at: step, depth: step == .revocation ? refusal.depth : nil, detail: detail)
        }
    }
}

extension RefusalReason {
    /// Whether the device's record says so, not its certificate.
    fileprivate var isOfRegistry: Bool {
        let reasons: Set<Self> = [
            .deviceUnknown, .deviceProvisioned, .deviceQuarantined, .deviceDisabled, .deviceRetired, .credentialSuperseded,
            .credentialNotBound, .cloneSuspected,
        ]
        return reasons.contains(self)
    }
}

extension IdentityFinding {
    fileprivate func refusal(_ reason: RefusalReason) -> String {
        if reason == .certificateLifetimeTooLong { return lifetime }
        if reason.isOfRegistry, let identity = try? identity.get() { return "the registry, of \(identity): \(reason.rawValue)" }
        if case .nothing(let patterns) = vouching, let identity = try? identity.get() {
            return "the trust anchor does not vouch for \(identity), only for \(patterns.joined(separator: ", "))"
        }
        return extraction
    }

    package var lifetime: String {
        let limit = maximumLifetimeSeconds == .max ? "no limit" : "at most \(DurationText.text(maximumLifetimeSeconds))"
        let warned = warnedLifetimeSeconds.map { ", and warned of above \(DurationText.text($0))" } ?? ""
        let stated = "max_certificate_lifetime is \(limit)\(warned)"
        return "the certificate is issued for \(DurationText.text(lifetimeSeconds)); \(stated)"
    }
}

extension PolicyFinding {
    fileprivate var refusal: String {
        guard let match else { return "none of \(passedCount) policies matches this identity on this listener" }
        guard let unmet = match.requirements.first(where: { $0.result == .unmet }) else { return "policy \(match.name)" }
        return "policy \(match.name) requires \(unmet.key) \(unmet.text)"
    }
}
