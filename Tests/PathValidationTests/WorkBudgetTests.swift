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
        #expect(try refusal(leaf, []) == .workLimit)
    }

    private func constrained(_ subtrees: Int, _ name: String = "a", key: LabKey? = nil) throws -> LabCertificateAuthority {
        let constraints = try LabExtension.nameConstraints(excluded: (0..<subtrees).map { .dns("\(name)\($0)") })
        var profile = LabCertificateProfile.authority(.commonName("Constrained"))
        profile.extraExtensions = [constraints]
        return LabCertificateAuthority(certificate: try root.issue(profile, key: key ?? LabKey()), role: .intermediate)
    }

    @Test("name constraints: 1,024 of one authority are read, 10,000 are a limit and no malformed encoding")
    func manyConstraints() throws {
        for (subtrees, expected) in [(1_024, nil), (1_025, .workLimit), (10_000, .workLimit)] as [(Int, RefusalReason?)] {
            let leaf = try constrained(subtrees).issueDevice(names: [.dns("b.example")])
            #expect(try refusal(leaf, leaf.intermediates) == expected, "\(subtrees)")
        }
        let leaf = try constrained(1_024).issueDevice(names: (0..<256).map { .dns("b\($0).example") })
        #expect(try refusal(leaf, leaf.intermediates) == .workLimit)
    }

    @Test("an authority with too many constraints does not hide one of the same name and key without")
    func manyConstraintsBeside() throws {
        let (hostile, honest) = (try constrained(2_000, key: keys[0]), try constrained(1, key: keys[0]))
        let leaf = try honest.issueDevice("urn:a:b")
        #expect(try refusal(leaf, [hostile.der, honest.der]) == nil)
        #expect(try refusal(leaf, [hostile.der]) == .workLimit)
    }

    @Test("octets of name constraints that are read: a mebibyte in all, and none of authorities that no path leads to")
    func manyOctetsOfConstraints() throws {
        let long = String(repeating: "a.", count: 100)
        let hostile = try (0..<12).map { _ in try constrained(450, long, key: keys[1]).der }
        let honest = try constrained(1, key: keys[0])
        let leaf = try honest.issueDevice("urn:a:b")
        #expect(hostile[0].count * 12 > WorkBudget.maximumNameConstraintOctets)
        #expect(try refusal(leaf, hostile) == .workLimit)
        #expect(try refusal(leaf, Array(hostile.prefix(4)) + [honest.der]) == nil)
        let elsewhere = try root.issueIntermediate("Elsewhere").issueDevice("urn:a:b")
        #expect(try refusal(elsewhere, hostile + elsewhere.intermediates) == nil)
    }

    @Test("items of one certificate: names and extensions beyond the limit are no malformed encoding")
    func manyItems() throws {
        for (count, expected) in [(256, nil), (257, .workLimit), (300, .workLimit)] as [(Int, RefusalReason?)] {
            #expect(try refusal(root.issueDevice(names: (0..<count).map { .dns("a\($0).example") }), []) == expected)
        }
        let extensions = (0..<80).map { LabExtension("1.2.3.\($0)", value: LabDER.null) }
        #expect(try refusal(root.issueDevice("urn:a:b") { $0.extraExtensions = extensions }, []) == .workLimit)
        #expect(
            try refusal(root.issueDevice("urn:a:b") { $0.rawSubjectAlternativeName = [0x30, 2, 0x82, 5] }, [])
                == .malformedCertificate)
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
