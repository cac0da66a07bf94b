import LabPKI
import PKITypes
import TLSOrigination
import TLSStream
import TLSTesting
import Testing

@Suite("What a client shows of itself and whom it can be told to trust")
struct OwnCertificateTests {
    @Test("The own certificate is presented, with its chain", arguments: TLSVersion.allCases)
    func presented(version: TLSVersion) throws {
        let laboratory = try TLSLaboratory()
        let gateway = try laboratory.root.issueIntermediate().issueDevice("urn:hospital:gateway:1")
        let judge = FixedJudge(.accept)
        let pair = TLSPair(
            server: try laboratory.serverContext(),
            client: try laboratory.clientContext(.certificate(gateway), versions: version...version),
            judge: judge
        )
        #expect(pair.shakeHands() == (.done, .done))
        #expect(judge.seenLeaves == [gateway.der])
    }

    @Test("A key that is not the certificate's is an error before any connection")
    func mismatch() throws {
        let laboratory = try TLSLaboratory()
        let mixed = try LabCertificate(pem: laboratory.device.pem(), key: LabKey())
        #expect(throws: TLSClientContext.Failure.certificate(.keyDoesNotMatch("key values mismatch"))) {
            try laboratory.clientContext(.certificate(mixed))
        }
    }

    @Test("Trust that holds no certificate is an error, not trust in nobody or everybody", arguments: ["", "garbage"])
    func noTrust(text: String) throws {
        let laboratory = try TLSLaboratory()
        do {
            _ = try laboratory.clientContext(trusting: text)
            Issue.record("a client without trust was made")
        } catch let failure as TLSClientContext.Failure {
            guard case .trust = failure else {
                Issue.record("\(failure)")
                return
            }
        }
    }

    @Test("A file of trust anchors that is damaged after its first is an error")
    func damagedTrust() throws {
        let laboratory = try TLSLaboratory()
        let damaged = try laboratory.root.certificate.pem() + "-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----\n"
        #expect(throws: TLSClientContext.Failure.self) { try laboratory.clientContext(trusting: damaged) }
    }

    @Test("An intermediate may be the anchor")
    func intermediateAnchor() throws {
        let laboratory = try TLSLaboratory()
        let issuing = try laboratory.root.issueIntermediate()
        let pair = TLSPair(
            server: try laboratory.serverContext([CertifiedKey(issuing.issueServer())]),
            client: try laboratory.clientContext(trusting: try issuing.certificate.pem()),
            judge: FixedJudge(.accept)
        )
        #expect(pair.shakeHands() == (.done, .done))
    }
}
