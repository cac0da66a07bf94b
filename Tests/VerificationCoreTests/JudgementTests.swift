import LabPKI
import PKITypes
import PathValidation
import SignatureChecking
import Testing
import VerificationCore
import X509

@Suite("The judgement")
struct JudgementTests {
    /// A judge of paths with one answer, that believes one key.
    struct FixedEngine: PathValidator, ListSignatureChecker {
        let path: Result<ValidatedPath, PathFailure>
        let signer: [UInt8]?

        func offerPaths(
            of presented: Void, at now: UnixSeconds, to consider: (ValidatedPath) -> PathChoice
        ) throws(PathFailure) -> SearchRecord {
            _ = consider(try path.get())
            return SearchRecord()
        }

        func isSigned(_ signature: ListSignature, by issuer: [UInt8]) -> Bool { issuer == signer }
    }

    var fixture: DecisionFixture

    init() throws { fixture = try DecisionFixture() }

    private var path: ValidatedPath {
        .stated(fixture.device, below: [fixture.issuing.certificate.der, fixture.root.certificate.der])
    }

    private func judge(_ fixture: DecisionFixture, _ engine: FixedEngine) -> Judgement {
        VerificationCore.judge((), engine, fixture.facts, fixture.snapshot(), now: fixture.now)
    }

    @Test("no path is no verdict, and its failure is kept")
    func noPath() {
        let failure = PathFailure(reason: .expired, diagnosis: "here")
        guard case .noPath(failure) = judge(fixture, FixedEngine(path: .failure(failure), signer: nil)) else {
            Issue.record("expected no path")
            return
        }
    }

    @Test("a path to an anchor that is no longer configured is unknown-ca")
    func anchorGone() {
        let engine = FixedEngine(path: .success(path), signer: nil)
        let judgement = VerificationCore.judge((), engine, fixture.facts, fixture.snapshot(anchors: []), now: fixture.now)
        guard case .noPath(let failure) = judgement else {
            Issue.record("expected no path")
            return
        }
        #expect(failure.reason == .unknownCA)
    }

    @Test("a parked list is proven by its issuer on the path, before the decision; the prover is reported once")
    func provers() throws {
        var fixture = fixture
        let list = try DecisionFixture.indexed(fixture.issuing.revocationList(), .parked)
        fixture.lists = [try DecisionFixture.indexed(fixture.root.revocationList()), list]
        let engine = FixedEngine(path: .success(path), signer: fixture.issuing.certificate.der)
        guard case .decided(_, .permit, let provers) = judge(fixture, engine) else {
            Issue.record("expected a permit")
            return
        }
        #expect(provers == [ListProver(anchorEntry: DecisionFixture.anchorName, certificate: fixture.issuing.certificate.der)])
        guard case .decided(_, .permit, provers: []) = judge(fixture, engine) else {
            Issue.record("expected a permit that proves nothing anew")
            return
        }
    }

    @Test("a signature that is not the issuer's leaves the list parked")
    func notSigned() throws {
        var fixture = fixture
        let list = try DecisionFixture.indexed(fixture.issuing.revocationList(), .parked)
        fixture.lists = [try DecisionFixture.indexed(fixture.root.revocationList()), list]
        for signer in [nil, fixture.root.certificate.der, fixture.device.der] {
            guard
                case .decided(_, .refuse(let refusal), provers: []) = judge(
                    fixture, FixedEngine(path: .success(path), signer: signer))
            else {
                Issue.record("expected a refusal")
                return
            }
            #expect(refusal.reason == .revocationUnknown && !list.isProven)
        }
    }

    @Test("a certificate that does not say where its lists are, though it begins to, is malformed-certificate")
    func unreadableDistributionPoints() throws {
        let device = try fixture.issuing.issueDevice(DecisionFixture.identity) {
            $0.extraExtensions = [LabExtension("2.5.29.31", value: LabDER.sequence([LabDER.integer(1)]))]
        }
        let path = ValidatedPath.stated(device, below: [fixture.issuing.certificate.der, fixture.root.certificate.der])
        guard case .noPath(let failure) = judge(fixture, FixedEngine(path: .success(path), signer: nil)) else {
            Issue.record("expected no path")
            return
        }
        #expect(failure.reason == .malformedCertificate)
    }

    /// An authority and its re-issued certificate: two paths from one device.
    private func judgeReissued(
        revoking serials: (_ first: LabCertificate, _ second: LabCertificate) -> [LabCertificate], device revoked: Bool = false
    ) throws -> Judgement {
        var fixture = fixture
        let second = try fixture.root.crossSign(fixture.issuing)
        let revoked = revoked ? [LabRevokedEntry(fixture.device)] : []
        let authorities = serials(fixture.issuing.certificate, second.certificate).map { LabRevokedEntry($0) }
        fixture.lists = [
            try DecisionFixture.indexed(fixture.root.revocationList(revoking: authorities)),
            try DecisionFixture.indexed(fixture.issuing.revocationList(revoking: revoked)),
        ]
        let others = [fixture.issuing.certificate.der, second.certificate.der]
        let presented = try #require(PresentedCertificates(leaf: fixture.device.der, others: others))
        return VerificationCore.judge(presented, try fixture.engine, fixture.facts, fixture.snapshot(), now: fixture.now)
    }

    @Test("an authority that is revoked is not the last word, if another path is good")
    func revokedAuthority() throws {
        for revoked in [0, 1] {
            guard case .decided(let path, .permit, _) = try judgeReissued(revoking: { [[$0], [$1]][revoked] }) else {
                Issue.record("expected a permit")
                continue
            }
            #expect(path.certificates.count == 2)
        }
        guard case .decided(_, .refuse(let refusal), _) = try judgeReissued(revoking: { [$0, $1] }) else {
            Issue.record("expected a refusal")
            return
        }
        #expect(refusal.reason == .revoked && refusal.depth == 1)
    }

    /// A judge of paths that has one, and of another that the second judge refuses.
    struct DisagreeingEngine: PathValidator, ListSignatureChecker, ListSignerSource {
        let first: ValidatedPath?
        let failure: PathFailure

        func offerPaths(
            of presented: Void, at now: UnixSeconds, to consider: (ValidatedPath) -> PathChoice
        ) throws(PathFailure) -> SearchRecord {
            if let first, consider(first) == .take { return SearchRecord(deadEnds: first.deadEnds) }
            throw failure
        }

        func isSigned(_ signature: ListSignature, by issuer: [UInt8]) -> Bool { false }
        func signers(
            named name: DistinguishedName, under anchorEntry: String, beside presented: Void, at now: UnixSeconds,
            _ work: inout ListSignerWork, that haveSigned: (Certificate) -> Bool
        ) -> [ValidatedPath] { [] }
    }

    @Test("a disagreement refuses where there is no path; once a path was decided, that is the judgement")
    func disagreement() throws {
        let disagreement = PathDisagreement(certificates: path.certificates.map(\.bytes), code: 1, depth: 0)
        let failure = PathFailure(reason: .pathInvalid, diagnosis: "here", disagreement: disagreement)
        var fixture = fixture
        func judged(_ fixture: DecisionFixture, first: ValidatedPath?) -> JudgedPaths {
            let engine = DisagreeingEngine(first: first, failure: failure)
            return judgePaths(of: (), engine, fixture.facts, fixture.snapshot(), now: fixture.now)
        }
        let none = judged(fixture, first: nil)
        #expect(none.failure == failure && none.deciding == nil && none.paths.isEmpty)
        guard case .noPath(failure) = none.judgement else {
            Issue.record("expected no path")
            return
        }
        let refused = judged(fixture, first: path)
        #expect(refused.failure == nil && refused.deciding == 0)
        guard case .decided(_, .refuse(let refusal), _) = refused.judgement else {
            Issue.record("expected a refusal")
            return
        }
        #expect(refusal.reason == .unrevocable)
        try fixture.addGoodLists()
        let permitted = judged(fixture, first: path)
        #expect(permitted.failure == nil && permitted.deciding == 0)
    }

    @Test("every path that was decided is told, and which of them has the last word")
    func everyPath() throws {
        var fixture = fixture
        let second = try fixture.root.crossSign(fixture.issuing)
        let others = [fixture.issuing.certificate.der, second.certificate.der]
        let presented = try #require(PresentedCertificates(leaf: fixture.device.der, others: others))
        for (revoked, deciding, count) in [([], 0, 1), ([fixture.issuing], 1, 2), ([fixture.issuing, second], 0, 2)] {
            let entries = revoked.map { LabRevokedEntry($0.certificate) }
            fixture.lists = [
                try DecisionFixture.indexed(fixture.root.revocationList(revoking: entries)),
                try DecisionFixture.indexed(fixture.issuing.revocationList()),
            ]
            let judged = judgePaths(of: presented, try fixture.engine, fixture.facts, fixture.snapshot(), now: fixture.now)
            #expect(judged.deciding == deciding && judged.paths.count == count && judged.failure == nil)
        }
    }

    @Test("a revoked leaf is revoked on every path")
    func revokedLeaf() throws {
        for authorities in [[], [0]] {
            let judgement = try judgeReissued(revoking: { first, _ in authorities.map { _ in first } }, device: true)
            guard case .decided(_, .refuse(let refusal), _) = judgement else {
                Issue.record("expected a refusal")
                continue
            }
            #expect(refusal.reason == .revoked && refusal.depth == 0)
        }
    }

    @Test("through OpenSSL: the whole way from certificates and signed lists to a permit")
    func throughOpenSSL() throws {
        let presented = try #require(PresentedCertificates(leaf: fixture.device.der, others: fixture.device.intermediates))
        let engine = try fixture.engine
        var fixture = fixture
        try fixture.addGoodLists()
        guard
            case .decided(let path, .permit(let permit), provers: []) = VerificationCore.judge(
                presented, engine, fixture.facts, fixture.snapshot(), now: fixture.now
            )
        else {
            Issue.record("expected a permit")
            return
        }
        #expect(permit.identity.text == DecisionFixture.identity && path.certificates.count == 2)
        #expect(path.leafFingerprint == sha256Fingerprint(fixture.device.der))
    }
}
