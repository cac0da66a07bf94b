import LabPKI
import PKITypes
import PathValidation
import SignatureChecking
import Testing
import VerificationCore
import X509

@Suite("A search in which OpenSSL disagrees")
struct DisagreementSearchTests {
    let lab: PathEngineFixture

    init() throws { lab = try PathEngineFixture() }

    /// cRLDistributionPoints that only OpenSSL fails to read.
    private static let points = LabExtension("2.5.29.31", value: LabDER.sequence(LabDER.integer(1)))

    /// The issuing authority again, by the same root: on its path OpenSSL disagrees.
    private func malformed() throws -> LabCertificate {
        try lab.root.crossSign(lab.issuing) { $0.extraExtensions = [Self.points] }.certificate
    }

    @Test("a path that OpenSSL refuses does not hide another that satisfies both judges, in whatever order they come")
    func anotherPath() throws {
        let device = try lab.issuing.issueDevice("urn:a:b")
        let (bad, good) = (try malformed(), lab.issuing.certificate)
        for others in [[bad, good], [good, bad]] {
            let path = try lab.validate(device, others: others.map(\.der))
            #expect(path.certificates.map(\.bytes) == [device.der, good.der, lab.root.certificate.der])
        }
    }

    /// How many paths are offered to whoever takes none, and how the search ends.
    private func search(_ leaf: LabCertificate, others: [LabCertificate]) throws -> (offered: Int, failure: PathFailure?) {
        let presented = try #require(PresentedCertificates(leaf: leaf.der, others: others.map(\.der)))
        var offered = 0
        do {
            _ = try lab.engine().offerPaths(of: presented, at: LabTime.now()) { _ in
                offered += 1
                return .seekAnother
            }
            return (offered, nil)
        } catch let failure as PathFailure {
            return (offered, failure)
        }
    }

    @Test("it is the failure where no path was offered, and only there")
    func failure() throws {
        let device = try lab.issuing.issueDevice("urn:a:b")
        let bad = try malformed()
        let refused = try search(device, others: [bad])
        #expect(refused.offered == 0 && refused.failure?.reason == .malformedCertificate)
        #expect(refused.failure?.disagreement?.certificates == [device.der, bad.der, lab.root.certificate.der])
        for others in [[bad, lab.issuing.certificate], [lab.issuing.certificate, bad]] {
            let found = try search(device, others: others)
            #expect(found.offered == 1 && found.failure == nil)
        }
    }

    @Test("many disagreements end the search: sixteen, with the first of them as the failure")
    func many() throws {
        let device = try lab.issuing.issueDevice("urn:a:b")
        let bad = try (0..<16).map { _ in try malformed() }
        #expect(try lab.validate(device, others: (bad.dropLast() + [lab.issuing.certificate]).map(\.der)).certificates.count == 3)
        let refused = try search(device, others: bad)
        #expect(refused.offered == 0 && refused.failure?.disagreement != nil)
    }

    @Test("each disagreement is told, of a path that was passed over as of one that was needed")
    func told() throws {
        let device = try lab.issuing.issueDevice("urn:a:b")
        let (bad, good) = (try malformed(), lab.issuing.certificate)
        let presented = try #require(PresentedCertificates(leaf: device.der, others: [bad.der, good.der]))
        let record = try lab.engine().offerPaths(of: presented, at: LabTime.now()) { _ in .seekAnother }
        #expect(record.disagreements.map(\.certificates) == [[device.der, bad.der, lab.root.certificate.der]])
        let alone = try #require(PresentedCertificates(leaf: device.der, others: [good.der]))
        #expect(try lab.engine().offerPaths(of: alone, at: LabTime.now()) { _ in .take }.disagreements.isEmpty)
    }

    @Test("so is one on the path of a list's signer")
    func toldOfSigners() throws {
        let signer = try lab.root.issueIntermediate("Lists") { $0.extraExtensions = [Self.points] }.certificate
        let device = try lab.issuing.issueDevice("urn:a:b")
        let presented = try #require(PresentedCertificates(leaf: device.der, others: [signer.der]))
        var work = ListSignerWork()
        let paths = try lab.engine().signers(
            named: Certificate(der: signer.der).subject, under: "devices", beside: presented, at: LabTime.now(), &work
        ) { _ in true }
        #expect(paths.isEmpty && work.disagreements.map(\.certificates) == [[signer.der, lab.root.certificate.der]])
    }
}
