import LabPKI
import PKITypes
import PathValidation
import Synchronization
import Testing
import VerificationCore
import X509

/// What the proof of lists may cost in one judgement, counted by a checker that believes one key or none.
@Suite("Work on lists that wait for their signers")
struct ListWorkTests {
    var fixture: DecisionFixture

    init() throws { fixture = try DecisionFixture() }

    /// Finds one path, and every namesake that asks for a signature.
    struct CountingEngine: PathValidator, ListSignatureChecker, ListSignerSource {
        let path: ValidatedPath
        let namesakes: [Certificate]
        let signers: Set<[UInt8]>
        let checks = Counter()
        var isCutShort = false
        var disagreements: [PathDisagreement] = []

        final class Counter: Sendable {
            private let count = Atomic(0)
            var value: Int { count.load(ordering: .relaxed) }
            func add() { count.add(1, ordering: .relaxed) }
        }

        func offerPaths(of presented: Void, at now: UnixSeconds, to consider: (ValidatedPath) -> PathChoice) -> SearchRecord {
            var tried = 0
            while consider(path) == .seekAnother, tried < 15 { tried += 1 }
            return SearchRecord(disagreements: disagreements)
        }

        func isSigned(_ signature: ListSignature, by issuer: [UInt8]) -> Bool {
            checks.add()
            return signers.contains(issuer)
        }

        func signers(
            named name: DistinguishedName, under anchorEntry: String, beside presented: Void, at now: UnixSeconds,
            _ work: inout ListSignerWork, that haveSigned: (Certificate) -> Bool
        ) -> [ValidatedPath] {
            if isCutShort { work.isExhausted = true }
            for namesake in namesakes where namesake.subject == name { _ = haveSigned(namesake) }
            return []
        }
    }

    private func engine(
        _ fixture: DecisionFixture, namesakes: [Certificate] = [], signedBy signers: [LabCertificateAuthority] = []
    ) -> CountingEngine {
        let above = [fixture.issuing.certificate.der, fixture.root.certificate.der]
        let path = ValidatedPath.stated(fixture.device, below: above)
        return CountingEngine(path: path, namesakes: namesakes, signers: Set(signers.map(\.certificate.der)))
    }

    private func judge(_ engine: CountingEngine, _ fixture: DecisionFixture) -> JudgedPaths {
        judgePaths(of: (), engine, fixture.facts, fixture.snapshot(), now: fixture.now)
    }

    /// So many lists of the issuing authority that wait for their signer, and the root's, proven.
    private func waiting(_ count: Int) throws -> DecisionFixture {
        var fixture = fixture
        let list = try DecisionFixture.indexed(fixture.issuing.revocationList(), .parked)
        fixture.lists = [try DecisionFixture.indexed(fixture.root.revocationList())]
        fixture.lists += (0..<count).map { _ in list.parked(under: DecisionFixture.anchorName) }
        return fixture
    }

    private func namesakes(_ count: Int, key kind: LabKey.Kind = .p256) throws -> [Certificate] {
        try (0..<count).map { _ in
            try Certificate(der: fixture.root.issueIntermediate("Pulsegate Laboratory Issuing CA", key: kind).certificate.der)
        }
    }

    @Test("each list is checked with each certificate once, however many paths ask")
    func once() throws {
        let fixture = try waiting(5)
        let engine = engine(fixture, namesakes: try namesakes(3))
        let judged = judge(engine, fixture)
        #expect(judged.paths.count == 16 && engine.checks.value == 5 * 4)
        guard case .decided(_, .refuse(let refusal), _) = judged.judgement else {
            Issue.record("expected a refusal")
            return
        }
        #expect(refusal.reason == .revocationUnknown && refusal.unknown == .listNotProven)
    }

    @Test("40 lists and 40 slow namesakes end within the budget, and the status stays unknown")
    func slowNamesakes() throws {
        let fixture = try waiting(40)
        let engine = engine(fixture, namesakes: try namesakes(40, key: .p384))
        let judged = judge(engine, fixture)
        // A P-384 signature is estimated at a millisecond.
        #expect(engine.checks.value < 450)
        guard case .decided(_, .refuse(let refusal), _) = judged.judgement else {
            Issue.record("expected a refusal")
            return
        }
        #expect(refusal.reason == .revocationUnknown)
    }

    @Test("2,500 honest lists are within it; with more nobody is admitted, though the list that speaks was proven")
    func manyLists() throws {
        for (count, expected) in [(2_500, nil), (3_000, RefusalReason.workLimit)] {
            let fixture = try waiting(count)
            let judged = judge(engine(fixture, signedBy: [fixture.issuing]), fixture)
            guard case .decided(_, let verdict, _) = judged.judgement else {
                Issue.record("expected a decision")
                return
            }
            switch verdict {
            case .permit: #expect(expected == nil, "\(count)")
            case .refuse(let refusal): #expect(refusal.reason == expected, "\(count)")
            case .pending: Issue.record("nothing lies on a disk")
            }
        }
    }

    @Test("a search for signers that was cut short admits nobody")
    func cutShort() throws {
        var fixture = try waiting(1)
        fixture.lists.append(try DecisionFixture.indexed(fixture.issuing.revocationList()))
        for isCutShort in [false, true] {
            var engine = engine(fixture)
            engine.isCutShort = isCutShort
            guard case .decided(_, let verdict, _) = judge(engine, fixture).judgement else {
                Issue.record("expected a decision")
                return
            }
            if case .permit = verdict { #expect(!isCutShort) } else { #expect(isCutShort) }
        }
    }

    @Test("disagreements of passed-over paths are told with the judgement")
    func disagreements() throws {
        var engine = engine(fixture)
        engine.disagreements = [PathDisagreement(certificates: [[1]], code: 2, depth: 0)]
        #expect(judge(engine, fixture).disagreements == engine.disagreements)
    }
}
