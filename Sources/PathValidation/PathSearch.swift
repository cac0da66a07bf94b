import PKITypes
import X509

/// A search for certification paths, from the leaf up, that goes back and tries the next issuer when one leads nowhere
/// (RFC 4158). It hands out valid paths one at a time, the most promising first, and remembers what it ran into.
///
/// What RFC 5280 §6.1 demands is checked as soon as it can be: every rule but policies concerns an issuer and those below it,
/// so a fault cuts off all paths through there. Policies are judged when a path has reached its anchor.
package struct PathSearch<Verifier: SignatureVerifier> {
    /// An authority on the path, and the candidates for its own issuer.
    private struct Step {
        let candidate: CandidateCertificate
        let issuers: [CandidateCertificate]
        var next = 0
        /// Everything above failed for reasons that have nothing to do with what is below.
        var failsAnywhere = true
    }

    private struct Edge: Hashable {
        let certificate: CandidateCertificate.Origin
        let issuer: CandidateCertificate.Origin
    }

    private let leaf: Certificate
    private let pool: CertificatePool
    private let presented: [DistinguishedName: [CandidateCertificate]]
    private let policy: PathPolicy
    private let rules: CertificateRules
    private let verifier: Verifier
    /// What is left of it.
    package private(set) var budget: WorkBudget
    private var signatures: [Edge: Bool] = [:]
    /// Ranked once for each certificate, however often it comes onto a path.
    private var issuers: [CandidateCertificate.Origin: [CandidateCertificate]] = [:]
    /// Authorities that no path leads on from, wherever they stand: what keeps a graph of dead ends from being walked in every
    /// combination.
    private var hopeless: Set<CandidateCertificate.Origin> = []
    /// Authorities that pass every rule that has nothing to do with what is below them.
    private var sound: Set<CandidateCertificate.Origin> = []
    private var steps: [Step] = []
    /// The certificates of `steps`.
    private var below: [CandidateCertificate] = []
    private var state = State.fresh(leaf: nil)
    private var worst: PathFault?
    /// What was tried and led nowhere, in order, up to a limit.
    package private(set) var deadEnds: [DeadEnd] = []

    private enum State {
        case fresh(leaf: CandidateCertificate?)
        case searching
        case over
    }

    /// - Parameter candidates: what came beside the leaf, in any order, with junk and duplicates. As origins, the leaf is
    ///   `presented(0)` and these follow it.
    package init(
        leaf: Certificate, candidates: [CandidateCertificate], pool: CertificatePool, policy: PathPolicy, at now: UnixSeconds,
        verifier: Verifier, budget: WorkBudget = WorkBudget()
    ) {
        self.leaf = leaf
        self.pool = pool
        self.policy = policy
        self.verifier = verifier
        self.budget = budget
        rules = CertificateRules(policy: policy, now: now)
        let known = pool.candidate(with: leaf.bytes)
        let leafCandidate = known.flatMap { $0.isAnchor ? $0 : nil } ?? CandidateCertificate(leaf, origin: .presented(0))
        self.presented = Dictionary(grouping: Self.distinct(candidates, beside: leaf, pool)) { $0.certificate.subject }
        state = .fresh(leaf: candidates.count <= WorkBudget.maximumPresented ? leafCandidate : nil)
    }

    package init(
        leaf: Certificate, presented: [Certificate], pool: CertificatePool, policy: PathPolicy, at now: UnixSeconds,
        verifier: Verifier, budget: WorkBudget = WorkBudget()
    ) {
        let candidates = presented.enumerated().map { CandidateCertificate($0.element, origin: .presented($0.offset + 1)) }
        self.init(leaf: leaf, candidates: candidates, pool: pool, policy: policy, at: now, verifier: verifier, budget: budget)
    }

    /// The next valid path, the leaf first, the trust anchor last.
    package mutating func next() throws(PathFault) -> [CandidateCertificate] {
        var unplaced: CandidateCertificate?
        do throws(PathFault) {
            if case .fresh(let leaf) = state {
                state = .searching
                unplaced = leaf
                guard let leaf else { throw .workLimit(.presentedCertificates) }
                try rules.checkLeaf(leaf, &budget)
                if leaf.isAnchor {
                    state = .over
                    return [leaf]
                }
                push(leaf)
            }
            while case .searching = state, let path = try advance() {
                if !path.isEmpty { return path }
            }
        } catch {
            // A leaf at fault, or a budget spent: nothing that follows can help.
            state = .over
            note(error, beside: unplaced)
        }
        state = .over
        // Nothing is noted of loops, nor of a leaf that is an anchor.
        throw worst ?? .issuerUnknown(leaf.issuer, depth: 0)
    }

    /// One candidate for the issuer at the end of the path: empty when it leads nowhere or a step further, nil at the end.
    private mutating func advance() throws(PathFault) -> [CandidateCertificate]? {
        guard let step = steps.last else { return nil }
        guard step.next < step.issuers.count else {
            goBack()
            return []
        }
        steps[steps.count - 1].next += 1
        try budget.spendStep()
        let issuer = step.issuers[step.next]
        guard !hopeless.contains(issuer.origin) else { return [] }
        guard !below.contains(where: { $0.isSameAuthority(as: issuer) }) else {
            steps[steps.count - 1].failsAnywhere = false
            return []
        }
        do throws(PathFault) {
            if !sound.contains(issuer.origin) {
                try rules.checkIssuer(issuer, depth: below.count, &budget)
                sound.insert(issuer.origin)
            }
            try rules.checkPlace(of: issuer, above: below, &budget)
            guard try isSigned(step.candidate, by: issuer) else {
                throw fault(of: step.candidate, notSignedBy: issuer, depth: below.count - 1)
            }
            guard issuer.isAnchor else {
                push(issuer)
                return []
            }
            steps[steps.count - 1].failsAnywhere = false
            let path = below + [issuer]
            try PolicyGraph.check(path, policy, &budget)
            return path
        } catch .workLimit(let what) {
            throw .workLimit(what)
        } catch {
            if error.dependsOnBelow { steps[steps.count - 1].failsAnywhere = false }
            note(error, beside: issuer)
            return []
        }
    }

    private mutating func goBack() {
        let done = steps.removeLast()
        below.removeLast()
        if done.failsAnywhere {
            hopeless.insert(done.candidate.origin)
        } else if !steps.isEmpty {
            steps[steps.count - 1].failsAnywhere = false
        }
    }

    private mutating func push(_ candidate: CandidateCertificate) {
        let issuers = self.issuers(of: candidate)
        if issuers.isEmpty { note(.issuerUnknown(candidate.certificate.issuer, depth: below.count), beside: candidate) }
        steps.append(Step(candidate: candidate, issuers: issuers))
        below.append(candidate)
    }

    /// The best first: valid in time, named by the key hint, an anchor; then as they were handed over.
    private mutating func issuers(of candidate: CandidateCertificate) -> [CandidateCertificate] {
        if let known = issuers[candidate.origin] { return known }
        let name = candidate.certificate.issuer
        let found = pool.candidates(named: name) + presented[name, default: []]
        let ranked = found.enumerated().map { (rank(of: $0.element, for: candidate), $0.offset, $0.element) }
        let sorted = ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
        issuers[candidate.origin] = sorted
        return sorted
    }

    private func rank(of issuer: CandidateCertificate, for candidate: CandidateCertificate) -> Int {
        let isValid = issuer.certificate.validity.contains(rules.now)
        return (isValid ? 0 : 8) + candidate.keyHintDistance(to: issuer) * 2 + (issuer.isAnchor ? 0 : 1)
    }

    private mutating func isSigned(
        _ candidate: CandidateCertificate, by issuer: CandidateCertificate
    ) throws(PathFault) -> Bool {
        let edge = Edge(certificate: candidate.origin, issuer: issuer.origin)
        if let known = signatures[edge] { return known }
        try budget.spendSignatureCheck()
        let answer = verifier.isSigned(candidate, by: issuer)
        signatures[edge] = answer
        return answer
    }

    /// Another authority of the same name, when the hint names another key; else a signature that is wrong.
    private func fault(
        of candidate: CandidateCertificate, notSignedBy issuer: CandidateCertificate, depth: Int
    ) -> PathFault {
        candidate.keyHintDistance(to: issuer) == 2
            ? .issuerUnknown(candidate.certificate.issuer, depth: depth) : .signatureInvalid(depth: depth)
    }

    /// - Parameter next: the certificate that was to stand on top of those `below`.
    private mutating func note(_ fault: PathFault, beside next: CandidateCertificate?) {
        if deadEnds.count < DeadEnd.maximumCount {
            let culprit = fault.depth.flatMap { $0 < below.count ? below[$0] : $0 == below.count ? next : nil }
            deadEnds.append(DeadEnd(fault, culprit: culprit.map(DeadEnd.Culprit.init)))
        }
        if worst.map({ $0.rank < fault.rank }) ?? true { worst = fault }
    }

    /// Duplicates, the leaf itself, and what the configuration holds anyway are left out.
    private static func distinct(
        _ presented: [CandidateCertificate], beside leaf: Certificate, _ pool: CertificatePool
    ) -> [CandidateCertificate] {
        var seen: Set<[UInt8]> = [leaf.bytes]
        return presented.prefix(WorkBudget.maximumPresented).filter {
            pool.candidate(with: $0.certificate.bytes) == nil && seen.insert($0.certificate.bytes).inserted
        }
    }
}
