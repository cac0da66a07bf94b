import LabPKI
import PKITypes
import PathValidation
import Testing

/// Certificate policies of two authorities and a leaf. NIST's suite has the combinations; here is each rule once.
@Suite("Certificate policies")
struct PolicyTests {
    static let gold = "1.2.3.1"
    static let silver = "1.2.3.2"
    static let any = "2.5.29.32.0"

    let root: LabCertificateAuthority
    var lab: PathLaboratory

    init() throws {
        root = try LabCertificateAuthority()
        lab = PathLaboratory(root)
        lab.policy.explicitPolicy = .required
    }

    private static func mappings(_ pairs: [(String, String)]) -> LabExtension {
        LabExtension(
            "2.5.29.33",
            value: LabDER.sequence(pairs.map { LabDER.sequence(LabDER.objectIdentifier($0.0), LabDER.objectIdentifier($0.1)) })
        )
    }

    private static func constraints(explicit: UInt8? = nil, mapping: UInt8? = nil) -> LabExtension {
        let fields = [(UInt8(0), explicit), (1, mapping)].map { tag, count in count.map { LabDER.implicit(tag, [$0]) } ?? [] }
        return LabExtension("2.5.29.36", .critical, value: LabDER.sequence(fields))
    }

    private static func inhibitAny(_ count: UInt64) -> LabExtension {
        LabExtension("2.5.29.54", .critical, value: LabDER.integer(count))
    }

    private func refusal(
        _ authority: [String]?, _ leaf: [String]?, authority extra: [LabExtension] = [], asking initial: [String] = []
    ) throws -> RefusalReason? {
        let issuing = try root.issueIntermediate {
            $0.extraExtensions = (authority.map { [LabExtension.certificatePolicies($0)] } ?? []) + extra
        }
        let device = try issuing.issueDevice("urn:a:b") {
            $0.extraExtensions = leaf.map { [LabExtension.certificatePolicies($0)] } ?? []
        }
        var lab = lab
        lab.policy.initialPolicies = initial
        let failure = try lab.failure(device)
        #expect(failure?.disagreement == nil, "\(failure?.diagnosis ?? "")")
        return failure?.reason
    }

    @Test("a policy holds when every certificate has it, or any")
    func common() throws {
        #expect(try refusal([Self.gold], [Self.gold]) == nil)
        #expect(try refusal([Self.gold, Self.silver], [Self.silver]) == nil)
        #expect(try refusal([Self.any], [Self.gold]) == nil)
        #expect(try refusal([Self.gold], [Self.any]) == nil)
        #expect(try refusal([Self.any], [Self.any], asking: [Self.gold]) == nil)
        #expect(try refusal([Self.gold], [Self.silver]) == .constraintViolated)
        #expect(try refusal([Self.gold], nil) == .constraintViolated)
        #expect(try refusal(nil, [Self.gold]) == .constraintViolated)
    }

    @Test("without a demand for one, no policy is needed; a certificate may demand one")
    func explicit() throws {
        var relaxed = self
        relaxed.lab.policy.explicitPolicy = .notRequired
        #expect(try relaxed.refusal([Self.gold], [Self.silver]) == nil)
        #expect(try relaxed.refusal([Self.gold], [Self.silver], asking: [Self.gold]) == nil)
        #expect(
            try relaxed.refusal([Self.gold], [Self.silver], authority: [Self.constraints(explicit: 0)]) == .constraintViolated)
        #expect(try relaxed.refusal([Self.gold], [Self.gold], authority: [Self.constraints(explicit: 0)]) == nil)
        #expect(try relaxed.refusal([Self.gold], [Self.silver], authority: [Self.constraints(explicit: 2)]) == nil)
    }

    @Test("the policies that were asked for")
    func initial() throws {
        #expect(try refusal([Self.gold], [Self.gold], asking: [Self.gold]) == nil)
        #expect(try refusal([Self.gold], [Self.gold], asking: [Self.silver, Self.gold]) == nil)
        #expect(try refusal([Self.gold], [Self.gold], asking: [Self.silver]) == .constraintViolated)
        #expect(try refusal([Self.gold], [Self.gold], asking: [Self.any]) == nil)
        #expect(try refusal([Self.gold], [Self.any], asking: [Self.silver]) == .constraintViolated)
    }

    @Test("mapping renames a policy; asked for is its name in the anchor's domain")
    func mapping() throws {
        let mapped = [Self.mappings([(Self.gold, Self.silver)])]
        #expect(try refusal([Self.gold], [Self.silver], authority: mapped, asking: [Self.gold]) == nil)
        #expect(try refusal([Self.gold], [Self.silver], authority: mapped, asking: [Self.silver]) == .constraintViolated)
        #expect(try refusal([Self.gold], [Self.gold], authority: mapped) == .constraintViolated)
        #expect(try refusal([Self.any], [Self.silver], authority: mapped, asking: [Self.gold]) == nil)
        #expect(try refusal([Self.gold], [Self.gold], authority: [Self.mappings([(Self.any, Self.gold)])]) == .constraintViolated)
        #expect(try refusal([Self.gold], [Self.gold], authority: [Self.mappings([(Self.gold, Self.any)])]) == .constraintViolated)
        var inhibited = self
        inhibited.lab.policy.policyMapping = .inhibited
        #expect(try inhibited.refusal([Self.gold], [Self.silver], authority: mapped) == .constraintViolated)
        #expect(try inhibited.refusal([Self.gold, Self.silver], [Self.silver], authority: mapped) == nil)
    }

    @Test("anyPolicy may be inhibited")
    func inhibitAny() throws {
        #expect(try refusal([Self.gold], [Self.any], authority: [Self.inhibitAny(0)]) == .constraintViolated)
        #expect(try refusal([Self.gold], [Self.gold], authority: [Self.inhibitAny(0)]) == nil)
        #expect(try refusal([Self.gold], [Self.any], authority: [Self.inhibitAny(1)]) == nil)
        var inhibited = self
        inhibited.lab.policy.anyPolicy = .inhibited
        #expect(try inhibited.refusal([Self.any], [Self.gold]) == .constraintViolated)
        #expect(try inhibited.refusal([Self.gold], [Self.gold]) == nil)
    }

    @Test("a policy named twice, or mappings of nothing, cannot be read")
    func malformed() throws {
        #expect(try refusal([Self.gold, Self.gold], [Self.gold]) == .malformedCertificate)
        #expect(try refusal([Self.gold], [Self.gold], authority: [Self.mappings([])]) == .malformedCertificate)
        #expect(try refusal([Self.gold], [Self.gold], authority: [Self.constraints()]) == .malformedCertificate)
    }

    @Test("many policies, mapped each to each on many levels, are a graph and no tree")
    func many() throws {
        let policies = (1...12).map { "1.2.3.\($0)" }
        let pairs = policies.flatMap { from in policies.map { (from, $0) } }
        var authority = root
        for level in 0..<8 {
            authority = try authority.issueIntermediate("Level \(level)") {
                $0.extraExtensions = [.certificatePolicies(policies), Self.mappings(Array(pairs.prefix(120)))]
            }
        }
        let leaf = try authority.issueDevice("urn:a:b") { $0.extraExtensions = [.certificatePolicies(policies)] }
        let start = ContinuousClock.now
        _ = try lab.refusal(leaf)
        #expect(ContinuousClock.now - start < .seconds(2))
    }
}
