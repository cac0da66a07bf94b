import LabPKI
import SnapshotAssembly
import Testing

@Suite("A list that is certain to be missing is told of before a device is refused for it")
struct MissingListTests {
    let fixture: AssemblyFixture

    init() throws { fixture = try AssemblyFixture() }

    private func said(
        _ crls: [String], intermediates: String = "[issuing.pem]", unknown: String = "refuse"
    ) throws -> [AssemblyProblem] {
        try fixture.assemble(intermediates: intermediates, crls: crls, unknown: unknown).problems
    }

    @Test("The list of the anchor, of which an intermediate is")
    func anchor() throws {
        let text = "no revocation list of CN=Assembly Root is configured; CN=Assembly Issuing needs it: "
        let fate = "every device below CN=Assembly Issuing is refused as unrevocable"
        #expect(try said(["issuing.crl"]) == [.warning(fixture.file("issuing.pem"), text + fate)])
    }

    @Test("The list of an intermediate, of which devices are; what it means follows the policy")
    func intermediate() throws {
        let text = "no revocation list of CN=Assembly Issuing is configured; every device that it issued "
        let refused = text + "is refused as unrevocable or revocation-unknown"
        #expect(try said(["root.crl"]) == [.warning(fixture.file("issuing.pem"), refused)])
        let admitted = text + "is admitted with a warning, its status unknown"
        #expect(try said(["root.crl"], unknown: "admit") == [.warning(fixture.file("issuing.pem"), admitted)])
    }

    @Test("Without an intermediate the anchor is who issues devices")
    func anchorOfDevices() throws {
        #expect(try said(["root.crl"], intermediates: "[]").isEmpty)
        let other = try LabCertificateAuthority(root: "Other Root")
        try other.certificate.write(to: fixture.file("root.pem"), .alone)
        let problems = try said(["root.crl"], intermediates: "[]").map(\.message)
        let expected = "no revocation list of CN=Other Root is configured; every device"
        #expect(problems.contains { $0.hasPrefix(expected) }, "\(problems)")
    }

    @Test("Nothing is missing where all lists are, where no list is configured, and where a file could not be read")
    func silent() throws {
        #expect(try said(["root.crl", "issuing.crl"]).isEmpty)
        #expect(try said([]).isEmpty)
        try fixture.write([], to: "root.crl")
        #expect(try said(["root.crl", "issuing.crl"]).map(\.severity) == [.error])
    }

    @Test("An indirect list may be the one that devices name")
    func indirect() throws {
        let scope = try LabExtension.issuingDistributionPoint(scopes: [.indirect])
        try fixture.root.revocationList { $0.extraExtensions = [scope] }.write(to: fixture.file("root.crl"))
        #expect(try said(["root.crl"]).isEmpty)
    }
}
