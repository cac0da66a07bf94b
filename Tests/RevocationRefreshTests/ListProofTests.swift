import LabPKI
import PathValidation
import RevocationRefresh
import SignatureChecking
import Testing
import VerificationCore
import X509

@Suite("Loaded lists and their issuers")
struct ListProofTests {
    private func isProven(_ list: LabRevocationList, by issuer: LabCertificateAuthority) throws -> Bool {
        let loaded = try ListLoader.list(list.der, source: "a.crl", anchorEntry: "devices")
        let trust = OpenSSLPathEngine.Anchors(entry: "devices", certificates: [issuer.certificate.der])
        let engine = try #require(OpenSSLPathEngine(trust: [trust], intermediates: [], policy: PathPolicy(maximumDepth: 1)))
        let proof = ListProof(
            index: RevocationIndex(lists: [loaded]), anchorEntry: "devices", policy: RevocationPolicy(), now: LabTime.now(),
            clockSkewSeconds: 0, waiting: .never
        )
        let signer = try #require(ListSigner(anchor: issuer.certificate.der))
        let provers = proof.prove([loaded], by: [signer], engine).provers
        #expect(provers.isEmpty == !loaded.isProven)
        return loaded.isProven
    }

    @Test("a loaded list is proven by the key that signed it", arguments: LabKey.Kind.allCases)
    func proven(kind: LabKey.Kind) throws {
        let issuer = try LabCertificateAuthority(key: kind)
        #expect(try isProven(issuer.revocationList(revoking: [LabRevokedEntry(serial: [1])]), by: issuer))
    }

    @Test("neither another key nor another name proves it")
    func notProven() throws {
        let issuer = try LabCertificateAuthority()
        let key = try LabKey()
        #expect(try !isProven(issuer.revocationList { $0.signer = key }, by: issuer))
        #expect(try !isProven(issuer.revocationList { $0.issuer = .commonName("Another") }, by: issuer))
        #expect(try !isProven(LabCertificateAuthority().revocationList(), by: issuer))
    }
}
