import LabPKI
import PKITypes
import PathValidation
import Synchronization
import Testing
import X509

/// What the worst inputs cost, counted by the budget itself and not by a clock. With the costs that the limits were chosen
/// for, 100 signatures of at most 1 ms and 20,000 steps of some microseconds, no search lasts a second.
@Suite("Cost of hostile searches")
struct SearchCostTests {
    let root: LabCertificateAuthority
    let keys: [LabKey]

    init() throws {
        root = try LabCertificateAuthority()
        keys = try (0..<3).map { _ in try LabKey() }
    }

    /// Signatures by who says to have made them; counted.
    private final class IdentifierVerifier: SignatureVerifier {
        let checks = Mutex(0)

        func isSigned(_ certificate: CandidateCertificate, by issuer: CandidateCertificate) -> Bool {
            checks.withLock { $0 += 1 }
            let wanted = certificate.certificate.extensions.authorityKeyIdentifier
            return wanted == issuer.certificate.extensions.subjectKeyIdentifier
        }
    }

    private struct Cost {
        var fault: PathFault?
        var signatureChecks = 0
        var steps = 0
        var nameComparisons = 0
        var policyComparisons = 0
    }

    private func cost(
        _ leaf: LabCertificate, _ presented: [[UInt8]], _ policy: PathPolicy = PathPolicy(maximumDepth: 100)
    ) throws -> Cost {
        let verifier = IdentifierVerifier()
        let anchor = try Certificate(der: root.certificate.der)
        var search = PathSearch(
            leaf: try Certificate(der: leaf.der), presented: try presented.map { try Certificate(der: $0) },
            pool: CertificatePool(anchors: [anchor], intermediates: []), policy: policy, at: LabTime.now(), verifier: verifier
        )
        var cost = Cost()
        do throws(PathFault) { _ = try search.next() } catch { cost.fault = error }
        cost.signatureChecks = WorkBudget.maximumSignatureChecks - search.budget.signatureChecks
        cost.steps = WorkBudget.maximumSteps - search.budget.steps
        cost.nameComparisons = WorkBudget.maximumNameComparisons - search.budget.nameComparisons
        cost.policyComparisons = WorkBudget.maximumPolicyComparisons - search.budget.policyComparisons
        #expect(verifier.checks.withLock { $0 } == cost.signatureChecks)
        return cost
    }

    /// `count` levels below `top` of one key each, every level certified twice: 2^count paths and few signatures.
    private func reissued(
        _ count: Int, below top: LabCertificateAuthority, adjust: LabCertificateAuthority.Adjustment = { _ in }
    ) throws -> (leaf: LabCertificate, presented: [[UInt8]]) {
        var presented: [[UInt8]] = []
        var authority = top
        for level in 0..<count {
            var profile = LabCertificateProfile.authority(.commonName("Level \(level)"))
            try adjust(&profile)
            let pair = try [0, 1].map { _ in try authority.issue(profile, key: keys[level % 2]) }
            presented += pair.map(\.der)
            authority = LabCertificateAuthority(certificate: pair[0], role: .intermediate)
        }
        return (try authority.issueDevice("urn:a:b"), presented)
    }

    @Test("an ordinary chain costs one signature and one step for each certificate below the anchor")
    func ordinary() throws {
        let leaf = try root.issueIntermediate("Upper").issueIntermediate("Lower").issueDevice("urn:a:b")
        let cost = try cost(leaf, leaf.intermediates)
        #expect(cost.fault == nil && cost.signatureChecks == 3 && cost.steps == 3 && cost.nameComparisons == 0)
    }

    @Test("2^20 paths without an anchor cost no more than the certificates that they are made of")
    func noAnchor() throws {
        let stranger = try LabCertificateAuthority(root: "Stranger")
        let (leaf, presented) = try reissued(20, below: stranger)
        let cost = try cost(leaf, presented)
        #expect(cost.fault?.reason == .unknownCA)
        #expect(cost.signatureChecks <= 2 * presented.count && cost.steps <= 4 * presented.count, "\(cost)")
    }

    @Test("2^20 paths that fail for what is below them end with the steps")
    func failingAtTheTop() throws {
        let constraints = try LabExtension.nameConstraints(permitted: [.uri("elsewhere.example")])
        let narrow = try root.issueIntermediate("Narrow") { $0.extraExtensions = [constraints] }
        let (leaf, presented) = try reissued(20, below: narrow)
        let cost = try cost(leaf, presented + [narrow.certificate.der])
        #expect(cost.fault == .workLimit(.steps) && cost.steps == WorkBudget.maximumSteps)
        #expect(cost.signatureChecks <= 2 * presented.count)
    }

    @Test("2^12 paths whose policies do not fit end with the comparisons of policies, not with their product")
    func policies() throws {
        let names = (0..<100).map { "1.2.3.\($0)" }
        let policies = LabExtension.certificatePolicies(names)
        let mappings = LabExtension(
            "2.5.29.33", .critical,
            value: LabDER.sequence(
                names.map { LabDER.sequence(LabDER.objectIdentifier($0), LabDER.objectIdentifier("1.2.3.7")) }))
        let (leaf, presented) = try reissued(12, below: root) { $0.extraExtensions = [policies, mappings] }
        var policy = PathPolicy(maximumDepth: 100, explicitPolicy: .required)
        let cost = try cost(leaf, presented, policy)
        #expect(cost.fault == .workLimit(.policyComparisons), "\(cost)")
        #expect(cost.policyComparisons <= WorkBudget.maximumPolicyComparisons && cost.steps < 1_000)
        policy.explicitPolicy = .notRequired
        #expect(try self.cost(leaf, presented, policy).fault == nil)
    }

    @Test("1,000 name constraints on 256 names end with the comparisons of names, before the first of the last name")
    func names() throws {
        let excluded = (0..<1_000).map { LabGeneralName.dns("a\($0)") }
        let constraints = try LabExtension.nameConstraints(excluded: excluded)
        let issuing = try root.issueIntermediate { $0.extraExtensions = [constraints] }
        let leaf = try issuing.issueDevice(names: (0..<256).map { .dns("b\($0).example") })
        let cost = try cost(leaf, leaf.intermediates)
        #expect(cost.fault == .workLimit(.nameComparisons))
        #expect(cost.nameComparisons <= WorkBudget.maximumNameComparisons && cost.signatureChecks == 0)
    }

    @Test("101 namesakes of the issuer end with the signatures")
    func namesakes() throws {
        let stranger = try LabCertificateAuthority(root: "Stranger")
        let issuing = try root.issueIntermediate("Issuing")
        let namesakes = try (0...WorkBudget.maximumSignatureChecks).map { number in
            try stranger.issueIntermediate("Issuing") { $0.subjectKeyIdentifier = .octets([UInt8(number)]) }.certificate.der
        }
        let leaf = try issuing.issueDevice("urn:a:b") { $0.authorityKeyIdentifier = .octets([1, 2]) }
        let cost = try cost(leaf, namesakes)
        #expect(cost.fault == .workLimit(.signatureChecks) && cost.signatureChecks == WorkBudget.maximumSignatureChecks)
        // With the right hint it is one.
        let hinted = try issuing.issueDevice("urn:a:b")
        #expect(try self.cost(hinted, namesakes + [issuing.certificate.der]).signatureChecks == 2)
    }
}
