import LabPKI
import OfflineVerification
import PKITypes
import Testing

@Suite("Lists under one of several trust anchors (RFC 5280 §6.3.3 (f))")
struct OtherAnchorTests {
    let lab: VerificationFixture
    let other: LabCertificateAuthority

    init() throws {
        lab = try VerificationFixture()
        other = try LabCertificateAuthority(root: "Elsewhere")
    }

    /// Verdicts on the device with both anchors trusted, in either order, and the lists in either order.
    private func verdicts(
        _ lists: [LabRevocationList], beside intermediates: [LabCertificateAuthority]
    ) throws -> Set<String> {
        let anchors = try [lab.root, other].map { try lab.pem($0.certificate) }
        var verdicts: Set<String> = []
        for anchors in [anchors, anchors.reversed()] {
            for lists in [lists, lists.reversed()] {
                let job = try lab.job(lists: lists) {
                    $0.trustAnchors = anchors
                    $0.intermediates += try intermediates.map { try lab.pem($0.certificate) }
                }
                verdicts.insert(VerificationFixture.reason(job))
            }
        }
        return verdicts
    }

    private func namesake(under root: LabCertificateAuthority) throws -> LabCertificateAuthority {
        try root.issueIntermediate("Pulsegate Laboratory Issuing CA")
    }

    @Test("T20: a namesake of the issuer clears certificates below its own anchor, never below another")
    func clears() throws {
        let roots = [try lab.root.revocationList(), try other.revocationList()]
        for (root, expected) in [(lab.root, "admitted"), (other, "revocation-unknown")] {
            let signer = try namesake(under: root)
            #expect(try verdicts(roots + [try signer.revocationList()], beside: [signer]) == [expected])
        }
    }

    @Test("T20: a namesake of the issuer revokes certificates below its own anchor, never below another")
    func revokes() throws {
        let good = [try lab.root.revocationList(), try other.revocationList(), try lab.issuing.revocationList()]
        for (root, expected) in [(lab.root, "revoked"), (other, "admitted")] {
            let signer = try namesake(under: root)
            let list = try signer.revocationList(revoking: [LabRevokedEntry(lab.device)])
            #expect(try verdicts(good + [list], beside: [signer]) == [expected])
        }
    }

    @Test("a signer whose authority both anchors certify is believed under each")
    func crossSignedSigner() throws {
        let authority = try lab.root.issueIntermediate("Lists")
        let signer = try namesake(under: authority)
        let lists = [try lab.root.revocationList(), try authority.revocationList(), try signer.revocationList()]
        let crossSigned = try other.crossSign(authority)
        #expect(try verdicts(lists, beside: [authority, crossSigned, signer]) == ["admitted"])
        #expect(try verdicts(lists, beside: [crossSigned, authority, signer]) == ["admitted"])
        #expect(try verdicts(lists, beside: [crossSigned, signer]) == ["revocation-unknown"])
    }

    @Test("every path is judged by the lists under its own anchor, and one that they clear is enough")
    func crossSignedIssuer() throws {
        let crossSigned = try other.crossSign(lab.issuing)
        let issuing = try lab.issuing.revocationList()
        #expect(try verdicts([try lab.root.revocationList(), issuing], beside: [crossSigned]) == ["admitted"])
        #expect(try verdicts([try other.revocationList(), issuing], beside: [crossSigned]) == ["admitted"])
        #expect(try verdicts([issuing], beside: [crossSigned]) == ["unrevocable"])
        let revoking = try lab.issuing.revocationList(revoking: [LabRevokedEntry(lab.device)])
        #expect(try verdicts([try other.revocationList(), revoking], beside: [crossSigned]) == ["revoked"])
    }

    @Test("an anchor that is handed over twice is one anchor")
    func twice() throws {
        let job = try lab.job(lists: try lab.lists()) { $0.trustAnchors += $0.trustAnchors }
        #expect(VerificationFixture.reason(job) == "admitted")
        let revoked = try lab.job(lists: try lab.lists(issuingRevokes: [LabRevokedEntry(lab.device)])) {
            $0.trustAnchors += $0.trustAnchors
        }
        let answer = OfflineVerifier.answer(revoked)
        #expect(answer.reason == "revoked" && !answer.detail.contains("anchor-"))
    }
}
