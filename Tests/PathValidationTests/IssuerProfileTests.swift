import LabPKI
import PKITypes
import PathValidation
import Testing

/// Rules for issuers that a verdict can do without: kept, broken, and on both sides of the policy.
@Suite("Issuer profile")
struct IssuerProfileTests {
    let root: LabCertificateAuthority

    init() throws { root = try LabCertificateAuthority() }

    private func refusals(
        _ leaf: LabCertificate, _ presented: [[UInt8]]? = nil, anchors: [LabCertificateAuthority]? = nil
    ) throws -> [RefusalReason?] {
        try [IssuerProfile.strict, .tolerant].map { profile in
            var lab = PathLaboratory(root)
            if let anchors { lab.anchors = anchors.map(\.certificate) }
            lab.policy.issuerProfile = profile
            return try lab.refusal(leaf, presented)
        }
    }

    /// An authority whose certificate is self-signed, or signed by another.
    private func anchor(
        by other: LabCertificateAuthority? = nil, adjust: (inout LabCertificateProfile) -> Void
    ) throws -> LabCertificateAuthority {
        let plain = try LabCertificateAuthority(root: "Bent")
        var profile = LabCertificateProfile.authority(plain.certificate.subject)
        adjust(&profile)
        let certificate = try (other ?? plain).issue(profile, key: plain.certificate.key)
        return LabCertificateAuthority(certificate: certificate, role: .root)
    }

    @Test("the laboratory's certificates keep every rule")
    func kept() throws {
        let device = try root.issueIntermediate().issueDevice("urn:a:b")
        #expect(try refusals(device) == [nil, nil])
    }

    @Test("authorityKeyIdentifier is missing in a leaf, an intermediate, an anchor that another authority signed")
    func authorityKeyIdentifier() throws {
        #expect(try refusals(root.issueDevice("urn:a:b") { $0.authorityKeyIdentifier = .absent }) == [.pathInvalid, nil])
        let issuing = try root.issueIntermediate { $0.authorityKeyIdentifier = .absent }
        #expect(try refusals(issuing.issueDevice("urn:a:b")) == [.pathInvalid, nil])
        let cross = try anchor(by: root) { $0.authorityKeyIdentifier = .absent }
        #expect(try refusals(cross.issueDevice("urn:a:b"), anchors: [cross]) == [.pathInvalid, nil])
    }

    @Test("a self-signed root needs none, nor does a leaf need an identifier of its own key")
    func exemptions() throws {
        let bare = try anchor { $0.authorityKeyIdentifier = .absent }
        #expect(try refusals(bare.issueDevice("urn:a:b"), anchors: [bare]) == [nil, nil])
        #expect(try refusals(root.issueDevice("urn:a:b") { $0.subjectKeyIdentifier = .absent }) == [nil, nil])
        let silent = try root.issueIntermediate { $0.keyUsage = nil }
        #expect(try refusals(silent.issueDevice("urn:a:b")) == [nil, nil])
    }

    @Test("subjectKeyIdentifier is missing in an intermediate, an anchor")
    func subjectKeyIdentifier() throws {
        let issuing = try root.issueIntermediate { $0.subjectKeyIdentifier = .absent }
        #expect(try refusals(issuing.issueDevice("urn:a:b")) == [.pathInvalid, nil])
        let bare = try anchor { $0.subjectKeyIdentifier = .absent }
        #expect(try refusals(bare.issueDevice("urn:a:b"), anchors: [bare]) == [.pathInvalid, nil])
    }

    @Test("basic constraints that are not critical: refused in an anchor, accepted in an intermediate as NIST's suite does")
    func basicConstraints() throws {
        let lax = LabExtension("2.5.29.19", value: LabDER.sequence(LabDER.boolean(true)))
        func bend(_ profile: inout LabCertificateProfile) {
            profile.basicConstraints = .absent
            profile.extraExtensions = [lax]
        }
        let bent = try anchor { bend(&$0) }
        #expect(try refusals(bent.issueDevice("urn:a:b"), anchors: [bent]) == [.pathInvalid, nil])
        let issuing = try root.issueIntermediate { bend(&$0) }
        #expect(try refusals(issuing.issueDevice("urn:a:b")) == [nil, nil])
    }

    @Test("a path that breaks a rule does not hide one that keeps it")
    func anotherPath() throws {
        let issuing = try root.issueIntermediate()
        let bent = try root.crossSign(issuing) { $0.authorityKeyIdentifier = .absent }
        let device = try issuing.issueDevice("urn:a:b")
        for others in [[bent, issuing], [issuing, bent]] { #expect(try refusals(device, others.map(\.der)) == [nil, nil]) }
    }
}
