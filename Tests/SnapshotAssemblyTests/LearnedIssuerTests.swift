import LabPKI
import Testing
import VerificationCore

@Suite("Issuers that devices brought prove the next lists")
struct LearnedIssuerTests {
    @Test("An issuer two steps below the anchor is known again when the step between was brought, too, and else is not")
    func twoStepsBelow() throws {
        let fixture = try AssemblyFixture()
        let inner = try fixture.issuing.issueIntermediate("Assembly Inner")
        let lists = [try fixture.issuing.revocationList(), try inner.revocationList()]
        try fixture.write(lists.flatMap { try Array($0.pem().utf8) }, to: "issuing.crl")
        let provers = [fixture.issuing, inner].map { ListProver(anchorEntry: "device-ca", certificate: $0.certificate.der) }

        let known = try fixture.assemble(intermediates: "[]", provers: Set(provers))
        #expect(known.problems.isEmpty)
        #expect(known.snapshot?.revocation.lists.map(\.isProven) == [true, true, true])

        let gap = try fixture.assemble(intermediates: "[]", provers: [provers[1]])
        #expect(gap.snapshot?.revocation.lists.count { $0.isProven } == 1)
    }
}
