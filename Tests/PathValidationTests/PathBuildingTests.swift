import LabPKI
import PKITypes
import PathValidation
import Testing

/// A valid path is found whenever there is one; what else lies about changes nothing.
@Suite("Path building")
struct PathBuildingTests {
    let root: LabCertificateAuthority
    let issuing: LabCertificateAuthority
    let device: LabCertificate
    let lab: PathLaboratory

    init() throws {
        root = try LabCertificateAuthority()
        issuing = try root.issueIntermediate()
        device = try issuing.issueDevice("urn:a:b")
        lab = PathLaboratory(root)
    }

    @Test("intermediates come from the peer or from the configuration, in any order, with junk and duplicates")
    func sources() throws {
        let lower = try issuing.issueIntermediate("Lower")
        let leaf = try lower.issueDevice("urn:a:b")
        let stranger = try LabCertificateAuthority(root: "Stranger")
        let whole = [lower.der, issuing.der]
        let junk = [stranger.der, leaf.der, device.der, [0x30, 0x00], lower.der, root.der]
        for presented in [whole, whole.reversed(), junk + whole, whole + junk, whole + whole] {
            #expect(try lab.paths(leaf, presented) == [[leaf.der, lower.der, issuing.der, root.der]])
        }
        #expect(try lab.refusal(leaf, [lower.der]) == .unknownCA)
        var configured = lab
        configured.intermediates = [stranger.der, [1, 2, 3], issuing.der, issuing.der]
        #expect(try configured.paths(leaf, [lower.der]).count == 1)
    }

    @Test("an expired sibling of the right authority is passed over, whichever comes first")
    func expiredSibling() throws {
        let expired = try root.crossSign(issuing) { $0.validity = .expired }
        for presented in [[expired.der, issuing.der], [issuing.der, expired.der]] {
            #expect(try lab.paths(device, presented) == [[device.der, issuing.der, root.der]])
        }
        #expect(try lab.refusal(device, [expired.der]) == .expired)
    }

    @Test("a cross-signed authority leads to whichever root is trusted")
    func crossSigned() throws {
        let other = try LabCertificateAuthority(root: "Other")
        let cross = try other.crossSign(issuing)
        #expect(try lab.paths(device, [cross.der, issuing.der]) == [[device.der, issuing.der, root.der]])
        #expect(try PathLaboratory(other).paths(device, [issuing.der, cross.der]) == [[device.der, cross.der, other.der]])
        #expect(try PathLaboratory(root, other).paths(device, [cross.der, issuing.der]).count == 2)
    }

    @Test("several keys under one name: the signature decides")
    func severalKeys() throws {
        let name = issuing.certificate.subject
        let siblings = try (0..<5).map { _ in
            try root.issueIntermediate { profile in
                profile.subject = name
                profile.subjectKeyIdentifier = .absent
            }
        }
        let leaf = try siblings[3].issueDevice("urn:a:b") { $0.authorityKeyIdentifier = .absent }
        #expect(try lab.paths(leaf, siblings.map(\.der)) == [[leaf.der, siblings[3].der, root.der]])
        #expect(try lab.refusal(leaf, siblings.dropLast(2).map(\.der)) == .pathInvalid)
    }

    @Test("a wrong key identifier is a hint that misleads and no more")
    func wrongHints() throws {
        let wrong: [UInt8] = [1, 2, 3]
        let leaf = try issuing.issueDevice("urn:a:b") { $0.authorityKeyIdentifier = .octets(wrong) }
        #expect(try lab.refusal(leaf) == nil)
        // Another key under the same name answers to the hint.
        let decoy = try root.issueIntermediate { $0.subjectKeyIdentifier = .octets(wrong) }
        #expect(try lab.paths(leaf, [decoy.der, issuing.der]) == [[leaf.der, issuing.der, root.der]])
        #expect(try lab.refusal(leaf, [decoy.der]) != nil)
    }

    @Test("a forged authority of the same name is an unknown one")
    func forged() throws {
        let forged = try LabCertificateAuthority().issueIntermediate()
        #expect(try lab.refusal(forged.issueDevice("urn:a:b")) == .unknownCA)
    }

    @Test("self-issued certificates change keys and do not loop")
    func selfIssued() throws {
        let renewed = try issuing.newKey()
        let leaf = try renewed.issueDevice("urn:a:b")
        #expect(try lab.paths(leaf, [renewed.der, issuing.der]) == [[leaf.der, renewed.der, issuing.der, root.der]])
        // Each signs the other: old with new and new with old.
        let back = try renewed.crossSign(issuing)
        #expect(try lab.paths(leaf, [back.der, renewed.der, issuing.der]).count == 1)
        #expect(try lab.refusal(leaf, [back.der, renewed.der]) == .unknownCA)
    }

    @Test("two authorities that certify each other do not loop")
    func mutual() throws {
        let other = try LabCertificateAuthority(root: "Other")
        let (there, back) = (try other.crossSign(issuing), try issuing.crossSign(other))
        #expect(try lab.paths(device, [there.der, back.der, issuing.der]) == [[device.der, issuing.der, root.der]])
        #expect(try lab.refusal(device, [there.der, back.der]) == .unknownCA)
    }

    @Test("an anchor need not be self-signed, and may be the leaf itself")
    func anchors() throws {
        #expect(try PathLaboratory(issuing).paths(device, [issuing.der, root.der]) == [[device.der, issuing.der]])
        var pinned = lab
        pinned.anchors = [device]
        #expect(try pinned.paths(device, []) == [[device.der]])
        #expect(try pinned.refusal(issuing.issueDevice("urn:a:b")) == .unknownCA)
    }

    @Test("of several leaves that a peer sends the first is judged")
    func firstLeaf() throws {
        let alone = try LabCertificateAuthority.selfSigned(.device(.commonName("alone"), names: []), key: try LabKey())
        #expect(try lab.refusal(alone, [device.der, issuing.der]) == .unknownCA)
        #expect(try lab.paths(device, [alone.der, issuing.der]).count == 1)
    }

    @Test("paths are offered best first, and always in the same order")
    func order() throws {
        let other = try LabCertificateAuthority(root: "Other")
        let cross = try other.crossSign(issuing) { $0.subjectKeyIdentifier = .octets([9]) }
        let both = PathLaboratory(root, other)
        let expected = [[device.der, issuing.der, root.der], [device.der, cross.der, other.der]]
        for presented in [[cross.der, issuing.der], [issuing.der, cross.der]] {
            #expect(try both.paths(device, presented) == expected)
        }
    }

    @Test("the most telling fault is reported: what stopped the path that came furthest")
    func ranking() throws {
        let other = try LabCertificateAuthority(root: "Other")
        let unknown = try other.crossSign(issuing)
        let expired = try root.crossSign(issuing) { $0.validity = .expired }
        let constraints = try LabExtension.nameConstraints(permitted: [.uri("elsewhere.example")])
        let narrow = try root.crossSign(issuing) { $0.extraExtensions = [constraints] }
        #expect(try lab.refusal(device, [unknown.der]) == .unknownCA)
        #expect(try lab.refusal(device, [unknown.der, expired.der]) == .expired)
        #expect(try lab.refusal(device, [expired.der, narrow.der, unknown.der]) == .constraintViolated)
    }

    @Test("dead ends that came before a path are told with it")
    func deadEnds() throws {
        let decoy = try root.issueIntermediate { $0.subjectKeyIdentifier = .octets([1]) }
        let leaf = try issuing.issueDevice("urn:a:b") { $0.authorityKeyIdentifier = .octets([1]) }
        #expect(try lab.deadEnds(leaf, [decoy.der, issuing.der]) == [.signatureInvalid(depth: 0)])
        #expect(try lab.deadEnds(device, [decoy.der, issuing.der]) == [])
    }

    @Test("a dead end names the certificate at fault: the one that was tried, the one below it, the leaf, or none")
    func culprits() throws {
        func culprits(_ leaf: LabCertificate, _ presented: [[UInt8]]) throws -> [String] {
            try lab.failure(leaf, presented)?.deadEnds.map { $0.culprit?.serial.description ?? "nobody" } ?? []
        }
        let expired = try root.crossSign(issuing) { $0.validity = .expired }
        let unusable = try issuing.issueDevice("urn:a:b") { $0.validity = .expired }
        let deep = PathPolicy(maximumDepth: 0)
        #expect(try culprits(device, [expired.der]) == [expired.certificate.serialText])
        #expect(try culprits(device, []) == [device.serialText])
        #expect(try culprits(unusable, [issuing.der]) == [unusable.serialText])
        var shallow = lab
        shallow.policy = deep
        #expect(try shallow.failure(device, [issuing.der])?.deadEnds.map(\.culprit) == [nil])
    }

    @Test("what a search ran into after its last path is told, too")
    func endOfTheSearch() throws {
        let expired = try root.crossSign(issuing) { $0.validity = .expired }
        #expect(try lab.endOfSearch(device, [issuing.der, expired.der], .seekAnother).map(\.fault.reason) == [.expired])
        #expect(try lab.endOfSearch(device, [issuing.der, expired.der], .take) == [])
    }

    @Test("the fault that is told for a failure names its depth")
    func depthOfTheFault() throws {
        let expired = try root.crossSign(issuing) { $0.validity = .expired }
        #expect(try lab.failure(device, [expired.der])?.diagnosis.contains("depth 1") == true)
    }
}
