import COpenSSL
import LabPKI
import PKITypes
import PathValidation
import Testing
import X509

@testable import SignatureChecking

/// OpenSSL is asked about a path that nobody has judged before, so that each of its refusals is seen to be its own.
@Suite("The second opinion")
struct SecondOpinionTests {
    let root: LabCertificateAuthority

    init() throws { root = try LabCertificateAuthority() }

    /// The leaf first, the anchor last.
    private func opinion(
        on path: [LabCertificate], _ policy: PathPolicy = PathPolicy(maximumDepth: 10),
        excusing: [SecondOpinion.FalseRefusal] = SecondOpinion.falseRefusals
    ) throws -> PathFailure? {
        let handles = try path.map { try #require(OpenSSLCertificate(der: $0.der, library: nil)) }
        let candidates = try path.enumerated().map { position, certificate in
            let origin: CandidateCertificate.Origin = position == path.count - 1 ? .anchor(0) : .presented(position)
            return CandidateCertificate(try Certificate(der: certificate.der), origin: origin)
        }
        let certificates = CertificateHandles(
            presented: handles.dropLast().map(\.pointer), intermediates: [], anchors: handles.suffix(1),
            authorities: AuthorityMemory()
        )
        do {
            try SecondOpinion(policy: policy, library: nil, excusing: excusing).confirm(candidates, certificates)
            return nil
        } catch {
            return error
        }
    }

    @Test("a good path, without regard to time")
    func good() throws {
        let issuing = try root.issueIntermediate { $0.validity = .expired }
        let device = try issuing.issueDevice("urn:a:b") { $0.validity = .notYetValid }
        #expect(try opinion(on: [device, issuing.certificate, root.certificate]) == nil)
        #expect(try opinion(on: [device, issuing.certificate]) == nil)
        #expect(try opinion(on: [device]) == nil)
    }

    @Test("self-issued certificates and misleading key identifiers do not make it take another path")
    func exactPath() throws {
        let issuing = try root.issueIntermediate()
        let profile = LabCertificateProfile.authority(issuing.certificate.subject)
        let renewed = LabCertificateAuthority(certificate: try issuing.issue(profile, key: try LabKey()), role: .intermediate)
        let device = try renewed.issueDevice("urn:a:b") { $0.authorityKeyIdentifier = .octets([1]) }
        #expect(try opinion(on: [device, renewed.certificate, issuing.certificate, root.certificate]) == nil)
    }

    @Test("it sees the faults that we see, by itself")
    func faults() throws {
        let excluded = try LabExtension.nameConstraints(excluded: [.uri("a.example")])
        let unknown = LabExtension("1.2.3.4", .critical, value: LabDER.null)
        let adjustments: [(Int32, LabCertificateAuthority.Adjustment)] = [
            (X509_V_ERR_INVALID_CA, { $0.basicConstraints = .endEntity }),
            (X509_V_ERR_INVALID_PURPOSE, { $0.purposes = [.codeSigning] }),
            (X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, { $0.extraExtensions = [unknown] }),
            (X509_V_ERR_CA_MD_TOO_WEAK, { $0.signature = .sha1 }),
            (X509_V_ERR_EXCLUDED_VIOLATION, { $0.extraExtensions = [excluded] }),
        ]
        for (code, adjust) in adjustments {
            let issuing = try root.issueIntermediate(adjust: adjust)
            let device = try issuing.issueDevice("https://a.example/b")
            let failure = try opinion(on: [device, issuing.certificate, root.certificate])
            #expect(failure?.reason == .pathInvalid && failure?.disagreement?.code == code, "\(failure?.diagnosis ?? "\(code)")")
            #expect(failure?.disagreement?.certificates == [device.der, issuing.certificate.der, root.certificate.der])
        }
        let stranger = try LabCertificateAuthority(root: "Stranger")
        #expect(try opinion(on: [root.issueDevice("urn:a:b"), stranger.certificate])?.disagreement != nil)
    }

    @Test("an extension that only OpenSSL reads, and cannot, is the certificate's fault, and reported")
    func unreadable() throws {
        let broken = LabExtension("2.5.29.18", value: [0x30, 0x02, 0x82, 0x05])
        let points = LabExtension("2.5.29.31", value: LabDER.sequence(LabDER.integer(1)))
        for item in [broken, points] {
            let device = try root.issueDevice("urn:a:b") { $0.extraExtensions = [item] }
            guard let failure = try opinion(on: [device, root.certificate]) else { continue }
            #expect(failure.reason == .malformedCertificate && failure.disagreement?.depth == 0, "\(failure.diagnosis)")
        }
        let device = try root.issueDevice("urn:a:b") { $0.extraExtensions = [points] }
        #expect(try opinion(on: [device, root.certificate]) != nil)
    }

    @Test("each false refusal that we excuse is still made, and excused in its own place alone")
    func falseRefusals() throws {
        let authority = try root.issueIntermediate("Authority").certificate
        let server = PathPolicy(purpose: .server, maximumDepth: 10)
        #expect(SecondOpinion.falseRefusals.map(\.id) == ["authority-as-server", "self-issued-without-key-identifiers"])
        let refusal = try opinion(on: [authority, root.certificate], server, excusing: [])
        #expect(refusal?.disagreement?.code == SecondOpinion.falseRefusals[0].code)
        #expect(try opinion(on: [authority, root.certificate], server) == nil)
        #expect(try opinion(on: [authority, root.certificate]) != nil)
        #expect(try opinion(on: [root.issueDevice("urn:a:b"), root.certificate], server) != nil)
    }

    @Test("a self-issued certificate without key identifiers ends OpenSSL's chain, which is excused; with them it does not")
    func selfIssued() throws {
        for identifiers in [LabCertificateProfile.KeyIdentifier.absent, .ofTheKey] {
            var profile = LabCertificateProfile.authority(root.certificate.subject)
            profile.authorityKeyIdentifier = identifiers
            let renewed = LabCertificateAuthority(certificate: try root.issue(profile, key: try LabKey()), role: .intermediate)
            let path = [try renewed.issueDevice("urn:a:b"), renewed.certificate, root.certificate]
            let code = try opinion(on: path, excusing: [])?.disagreement?.code
            #expect(code == (identifiers == .absent ? SecondOpinion.falseRefusals[1].code : nil))
            #expect(try opinion(on: path) == nil)
        }
    }
}
