import LabPKI
import PKITypes
import PathValidation
import Testing

/// What a hostile peer presents is refused, by both judges together; `SearchCostTests` count the work.
@Suite("Work budget")
struct WorkBudgetTests {
    let root: LabCertificateAuthority
    let keys: [LabKey]
    let lab: PathLaboratory

    init() throws {
        root = try LabCertificateAuthority()
        keys = [try LabKey(), try LabKey()]
        lab = PathLaboratory(root)
    }

    /// `depth` levels of two keys under one name; each key of a level certifies each of the next: 2^depth paths down to `leaf`.
    private func ladder(_ depth: Int, above top: LabCertificateAuthority) throws -> (leaf: LabCertificate, presented: [[UInt8]]) {
        var presented: [[UInt8]] = []
        var level = [top]
        for position in 0..<depth {
            let profile = LabCertificateProfile.authority(.commonName("Level \(position)"))
            var next: [LabCertificateAuthority] = []
            for key in keys {
                for issuer in level {
                    let authority = LabCertificateAuthority(certificate: try issuer.issue(profile, key: key), role: .intermediate)
                    presented.append(authority.der)
                    if issuer.certificate.key === level[0].certificate.key { next.append(authority) }
                }
            }
            level = next
        }
        return (try level[0].issueDevice("urn:a:b"), presented)
    }

    private func refusal(
        _ leaf: LabCertificate, _ presented: [[UInt8]], _ lab: PathLaboratory? = nil
    ) throws -> RefusalReason? {
        try (lab ?? self.lab).refusal(leaf, presented)
    }

    @Test("2^20 paths that end below a stranger of the anchor's name")
    func manyPaths() throws {
        let forger = try LabCertificateAuthority()
        let (leaf, presented) = try ladder(20, above: forger)
        var deep = lab
        deep.policy.maximumDepth = 100
        #expect(presented.count == 78)
        let reason = try #require(try refusal(leaf, presented, deep))
        #expect([.workLimit, .unknownCA].contains(reason))
        // With as many levels and one anchor that fits, the path is there.
        let (good, ladder) = try ladder(20, above: root)
        #expect(try refusal(good, ladder, deep) == nil)
    }

    @Test("2^20 paths that fail for what is below them")
    func manyConstrainedPaths() throws {
        let constraints = try LabExtension.nameConstraints(permitted: [.uri("elsewhere.example")])
        let narrow = try root.issueIntermediate("Narrow") { $0.extraExtensions = [constraints] }
        let (leaf, presented) = try ladder(20, above: narrow)
        var deep = lab
        deep.policy.maximumDepth = 100
        let reason = try #require(try refusal(leaf, presented + [narrow.der], deep))
        #expect([.workLimit, .constraintViolated].contains(reason))
    }

    @Test("2^20 paths of re-issued certificates, few signatures, which all fail at the top for what is at the bottom")
    func manyReissued() throws {
        let constraints = try LabExtension.nameConstraints(permitted: [.uri("elsewhere.example")])
        let narrow = try root.issueIntermediate("Narrow") { $0.extraExtensions = [constraints] }
        var presented = [narrow.der]
        var authority = narrow
        for level in 0..<20 {
            let profile = LabCertificateProfile.authority(.commonName("Level \(level)"))
            let pair = try [0, 1].map { _ in try authority.issue(profile, key: keys[level % 2]) }
            presented += pair.map(\.der)
            authority = LabCertificateAuthority(certificate: pair[0], role: .intermediate)
        }
        var deep = lab
        deep.policy.maximumDepth = 100
        #expect(try refusal(authority.issueDevice("urn:a:b"), presented, deep) == .workLimit)
    }

    @Test("100 certificates of one name and as many keys")
    func manyKeys() throws {
        let forger = try LabCertificateAuthority(root: "Forger")
        let issuing = try root.issueIntermediate()
        let siblings = try (0..<101).map { _ in
            try forger.issueIntermediate { $0.subjectKeyIdentifier = .absent }.der
        }
        let leaf = try issuing.issueDevice("urn:a:b") { $0.authorityKeyIdentifier = .absent }
        #expect(try refusal(leaf, siblings) == .workLimit)
        #expect(try refusal(leaf, Array(siblings.prefix(98))) == .pathInvalid)
        #expect(try refusal(leaf, Array(siblings.prefix(98)) + [issuing.der]) == nil)
    }

    @Test("more certificates than are looked at")
    func manyCertificates() throws {
        let leaf = try root.issueDevice("urn:a:b")
        let junk = [UInt8](root.der)
        let fitting = [[UInt8]](repeating: junk, count: WorkBudget.maximumPresented)
        #expect(try refusal(leaf, fitting) == nil)
        #expect(try refusal(leaf, fitting + [junk]) == .workLimit)
    }

    @Test("64 KiB of names")
    func manyNames() throws {
        let names = (0..<7_000).map { LabGeneralName.dns("a\($0).ex") }
        let leaf = try root.issueDevice(names: names)
        #expect(leaf.der.count > 64 << 10)
        #expect(try refusal(leaf, []) == .malformedCertificate)
    }

    @Test("10,000 name constraints")
    func manyConstraints() throws {
        func constrained(_ names: Int) throws -> RefusalReason? {
            let excluded = (0..<10_000).map { LabGeneralName.dns("a\($0)") }
            let constraints = try LabExtension.nameConstraints(excluded: excluded)
            #expect(constraints.value.count < 128 << 10)
            let issuing = try root.issueIntermediate { $0.extraExtensions = [constraints] }
            let leaf = try issuing.issueDevice(names: (0..<names).map { .dns("b\($0).example") })
            return try refusal(leaf, leaf.intermediates)
        }
        #expect(try constrained(1) == nil)
        #expect(try constrained(200) == .workLimit)
    }

    @Test("a chain longer than any depth allows")
    func longChain() throws {
        var lab = lab
        lab.policy.maximumDepth = .max
        var authority = root
        for level in 0..<130 { authority = try authority.issueIntermediate("Level \(level)") }
        let leaf = try authority.issueDevice("urn:a:b")
        #expect(try refusal(leaf, leaf.intermediates, lab) != nil)
    }
}
