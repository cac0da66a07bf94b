import LabPKI
import PKITypes
import PathValidation
import SignatureChecking
import Testing
import VerificationCore
import X509

@Suite("Who may have signed a list, by name")
struct ListSignerSourceTests {
    let lab: PathEngineFixture

    init() throws { lab = try PathEngineFixture() }

    private func signers(_ leaf: LabCertificate, others: [LabCertificate]) throws -> [[UInt8]] {
        let presented = try #require(PresentedCertificates(leaf: leaf.der, others: others.map(\.der)))
        let name = try Certificate(der: leaf.der).subject
        var work = ListSignerWork()
        let paths = try lab.engine().signers(
            named: name, under: "devices", beside: presented, at: LabTime.now(), &work
        ) { _ in true }
        return paths.map { $0.certificates[0].bytes }
    }

    @Test("the leaf itself is none, even when it stands among the others again; another of its name beside it is one")
    func leaf() throws {
        let leaf = try lab.issuing.issueIntermediate("Lists") { $0.keyUsage = [.cRLSign] }.certificate
        let namesake = try lab.issuing.issueIntermediate("Lists") { $0.keyUsage = [.cRLSign] }.certificate
        let issuing = lab.issuing.certificate
        #expect(try signers(leaf, others: [issuing]).isEmpty)
        #expect(try signers(leaf, others: [leaf, issuing, leaf]).isEmpty)
        #expect(try signers(leaf, others: [leaf, namesake, issuing, namesake]) == [namesake.der])
        #expect(try signers(namesake, others: [leaf, namesake, issuing]) == [leaf.der])
    }
}
