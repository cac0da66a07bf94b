import EventLoop
import LabPKI
import PKITypes
import PathValidation
import RevocationRefresh
import SignatureChecking
import VerificationCore
import X509

/// What a decision costs, alone: no socket, no handshake. Prints one line a question, in nanoseconds a call.
@main
struct DecisionBenchmark {
    static func main() throws {
        let bench = try DecisionBenchmark()
        print("question                                            ns/call")
        try bench.ask("parse a device certificate", calls: 20_000) { _ = try Certificate(der: bench.leaf.der) }
        for count in [100, 100_000] {
            let snapshot = try bench.snapshot(listEntries: count, policies: 1)
            try bench.askDecision("decide: permitted, list of \(count), 1 policy", snapshot)
        }
        let wide = try bench.snapshot(listEntries: 100, policies: 1_000)
        try bench.askDecision("decide: permitted by the last of 1000 policies", wide)
        let revoked = try bench.snapshot(listEntries: 100, policies: 1, revoking: bench.leaf)
        try bench.askDecision("decide: revoked", revoked, expects: .revoked)
        let snapshot = try bench.snapshot(listEntries: 100, policies: 1)
        guard let decoded = PresentedCertificates(leaf: bench.leaf.der, others: [bench.issuing.certificate.der]) else {
            throw Disagreement()
        }
        try bench.ask("path: search, two signatures, second opinion", calls: 5_000) {
            _ = try bench.engine.validate(decoded, at: bench.now)
        }
        try bench.ask("judge: path, lists and decision", calls: 2_000) {
            guard let presented = PresentedCertificates(leaf: bench.leaf.der, others: [bench.issuing.certificate.der]) else {
                throw Disagreement()
            }
            _ = judge(presented, bench.engine, bench.facts, snapshot, now: bench.now)
        }
    }

    private struct Disagreement: Error {}

    private let now = LabTime.now()
    private let root: LabCertificateAuthority
    private let issuing: LabCertificateAuthority
    private let leaf: LabCertificate
    private let engine: OpenSSLPathEngine
    private let facts = ConnectionFacts(listener: "devices", source: IPAddress(octets: [10, 0, 0, 1]), tlsVersion: .tls13)

    private init() throws {
        root = try LabCertificateAuthority(root: "Benchmark Root")
        issuing = try root.issueIntermediate("Benchmark Issuing")
        leaf = try issuing.issueDevice("urn:hospital:device:pump:0042")
        let engine = OpenSSLPathEngine(
            trust: [.init(entry: "ca", certificates: [root.certificate.der])],
            intermediates: [issuing.certificate.der],
            policy: PathPolicy(maximumDepth: 5)
        )
        guard let engine else { throw Disagreement() }
        self.engine = engine
    }

    /// Lists whose signatures are proven, `listEntries` certificates on the issuing CA's, and a policy table of which only
    /// the last entry matches.
    private func snapshot(listEntries: Int, policies: Int, revoking: LabCertificate? = nil) throws -> VerificationSnapshot {
        let profile = LabRevocationListProfile(thisUpdate: now, nextUpdate: now + 86_400)
        let issuingList =
            try revoking.map { try issuing.revocationList(revoking: [LabRevokedEntry($0)]) }
            ?? issuing.revocationList(ofMany: listEntries, profile)
        let lists = try [root.revocationList().der, issuingList.der].map {
            try ListLoader.list($0, source: "benchmark", anchorEntry: "ca")
        }
        lists.forEach { $0.markProven() }
        let never = try (1..<policies).map {
            AccessPolicy(name: "never-\($0)", identity: try IdentityPattern("urn:hospital:device:class-\($0):*"))
        }
        return VerificationSnapshot(
            generation: 1,
            anchors: [
                TrustAnchorEntry(
                    name: "ca",
                    fingerprints: [sha256Fingerprint(root.certificate.der)],
                    identitySource: .sanURI,
                    vouchesFor: [try IdentityPattern("urn:hospital:device:**")],
                    maximumCertificateLifetimeSeconds: .max,
                    revocation: RevocationPolicy()
                )
            ],
            trustByListener: ["devices": ["ca"]],
            policies: never + [AccessPolicy(name: "pumps", identity: try IdentityPattern("urn:hospital:device:pump:{serial}"))],
            revocation: RevocationIndex(lists: lists),
            clockSkewSeconds: 300
        )
    }

    private func askDecision(_ question: String, _ snapshot: VerificationSnapshot, expects: RefusalReason? = nil) throws {
        guard let presented = PresentedCertificates(leaf: leaf.der, others: []), let entry = snapshot.anchor(named: "ca") else {
            throw Disagreement()
        }
        let path = try VerifiedPath(engine.validate(presented, at: now), entry: entry)
        try ask(question, calls: 200_000) {
            switch decide(path, facts, snapshot, now: now, moment: .admission) {
            case .permit: if expects != nil { throw Disagreement() }
            case .refuse(let refusal): if refusal.reason != expects { throw Disagreement() }
            case .pending: throw Disagreement()
            }
        }
    }

    /// The best of five rounds: what the code costs, not what else the machine did.
    private func ask(_ question: String, calls: Int, _ body: () throws -> Void) throws {
        if let only = CommandLine.arguments.dropFirst().first, !question.contains(only) { return }
        var best = UInt64.max
        for _ in 0..<5 {
            let start = MonotonicClock.nanoseconds()
            for _ in 0..<(calls / 5) { try body() }
            best = min(best, MonotonicClock.nanoseconds() - start)
        }
        let perCall = best / UInt64(calls / 5)
        print(question + String(repeating: " ", count: max(1, 52 - question.count)) + "\(perCall)")
    }
}
