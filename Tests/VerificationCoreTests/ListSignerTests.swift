import LabPKI
import PKITypes
import Testing
import VerificationCore

@Suite("The right to sign lists")
struct ListSignerTests {
    let fixture: DecisionFixture

    init() throws { fixture = try DecisionFixture() }

    private func isProven(by certificate: LabCertificate) throws -> Bool {
        let list = try DecisionFixture.indexed(fixture.issuing.revocationList(), .parked)
        let proof = ListProof(
            index: RevocationIndex(lists: [list]), anchorEntry: DecisionFixture.anchorName, policy: RevocationPolicy(),
            now: fixture.now, clockSkewSeconds: 0, waiting: .never
        )
        let signers = [ListSigner(anchor: certificate.der)].compactMap { $0 }
        let provers = proof.prove([list], by: signers, ListProofTests.OneKey(signer: certificate.der)).provers
        #expect(provers.isEmpty == !list.isProven)
        return list.isProven
    }

    @Test("only an authority of that name with the right to sign lists proves one")
    func rightToSign() throws {
        let name = "Pulsegate Laboratory Issuing CA"
        #expect(try !isProven(by: fixture.root.certificate))
        #expect(try !isProven(by: fixture.root.issueIntermediate(name) { $0.keyUsage = [.keyCertSign] }.certificate))
        #expect(try isProven(by: fixture.root.issueIntermediate(name) { $0.keyUsage = [.cRLSign] }.certificate))
        #expect(try isProven(by: fixture.root.issueIntermediate(name) { $0.keyUsage = nil }.certificate))
    }
}
