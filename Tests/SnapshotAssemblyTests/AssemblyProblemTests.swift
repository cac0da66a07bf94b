import LabPKI
import PKITypes
import SnapshotAssembly
import Testing

@Suite("What is wrong with a file is said with its name, and nothing half-built is published")
struct AssemblyProblemTests {
    private static let garbage = Array("not a certificate, not a list".utf8)
    private static let brokenPEM = Array("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n".utf8)

    @Test("Good files give a snapshot and no problem")
    func good() throws {
        let assembly = try AssemblyFixture().assemble()
        #expect(assembly.problems.isEmpty)
        let snapshot = try #require(assembly.snapshot)
        #expect(snapshot.generation == 3)
        #expect(snapshot.revocation.lists.count == 2)
        #expect(assembly.trust["device-ca"]?.anchors.count == 1)
        #expect(assembly.trust["device-ca"]?.intermediates.count == 1)
    }

    @Test("A broken file of certificates", arguments: ["root.pem", "issuing.pem"])
    func certificates(name: String) throws {
        let fixture = try AssemblyFixture()
        try fixture.write(Self.garbage, to: name)
        try expectError(fixture, name, contains: "")
        try fixture.write([], to: name)
        try expectError(fixture, name, contains: "holds no certificate")
        try fixture.write(Self.brokenPEM, to: name)
        try expectError(fixture, name, contains: "is not readable as PEM")
        try fixture.write(Array("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n".utf8), to: name)
        try expectError(fixture, name, contains: "certificate 1 cannot be read")
        try fixture.write(Array(try fixture.issuing.revocationList().pem().utf8), to: name)
        try expectError(fixture, name, contains: "holds no certificate")
    }

    @Test("The second certificate of a file is checked like the first")
    func secondCertificate() throws {
        let fixture = try AssemblyFixture()
        let good = try fixture.root.certificate.pem()
        try fixture.write(Array((good + "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n").utf8), to: "root.pem")
        try expectError(fixture, "root.pem", contains: "certificate 2 cannot be read")
    }

    @Test("A broken file of lists", arguments: ["root.crl", "issuing.crl"])
    func lists(name: String) throws {
        let fixture = try AssemblyFixture()
        try fixture.write(Self.garbage, to: name)
        try expectError(fixture, name, contains: "")
        try fixture.write([], to: name)
        try expectError(fixture, name, contains: "holds no revocation list")
        try fixture.write(Array(try fixture.root.certificate.pem().utf8), to: name)
        try expectError(fixture, name, contains: "holds no revocation list")
        try fixture.write(Array("-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n".utf8), to: name)
        try expectError(fixture, name, contains: "holds a malformed revocation list")
    }

    @Test("A list in DER serves as one in PEM does")
    func der() throws {
        let fixture = try AssemblyFixture()
        try fixture.issuing.revocationList().write(to: fixture.file("issuing.crl"), .der)
        let assembly = try fixture.assemble()
        #expect(assembly.problems.isEmpty && assembly.snapshot?.revocation.lists.count == 2)
    }

    @Test("A list of an issuer that is not configured waits for it; the snapshot is made")
    func parked() throws {
        let fixture = try AssemblyFixture()
        let assembly = try fixture.assemble(intermediates: "[]")
        #expect(assembly.snapshot?.revocation.lists.count == 2)
        let problem = try #require(assembly.problems.first)
        #expect(assembly.problems.count == 1 && problem.severity == .warning && problem.file == fixture.file("issuing.crl"))
        #expect(problem.message.hasPrefix("is of CN=Assembly Issuing, whose certificate is not configured"), "\(problem.message)")
    }

    @Test("A trust anchor that is no authority is warned of: its holder alone would be trusted")
    func deviceAsAnchor() throws {
        let fixture = try AssemblyFixture()
        try fixture.issuing.issueDevice("urn:hospital:device:pump:1").write(to: fixture.file("root.pem"), .alone)
        let problems = try fixture.assemble().problems
        let said = problems.filter { $0.severity == .warning && $0.file == fixture.file("root.pem") }
        #expect(said.contains { $0.message.contains("no CA certificate") })
    }

    @Test("A list that its issuer did not sign is an error")
    func wrongKey() throws {
        let fixture = try AssemblyFixture()
        let stranger = try LabKey()
        try fixture.issuing.revocationList { $0.signer = stranger }.write(to: fixture.file("issuing.crl"))
        try expectError(fixture, "issuing.crl", contains: "is signed by no known key of its issuer CN=Assembly Issuing")
    }

    @Test("An intermediate that no anchor issued proves no list")
    func foreignIntermediate() throws {
        let fixture = try AssemblyFixture()
        let foreign = try LabCertificateAuthority(root: "Somebody Else").issueIntermediate("Assembly Issuing")
        try foreign.certificate.write(to: fixture.file("issuing.pem"), .alone)
        try foreign.revocationList().write(to: fixture.file("issuing.crl"))
        let assembly = try fixture.assemble()
        #expect(assembly.problems.map(\.severity) == [.warning])
        #expect(assembly.problems.first?.message.contains("whose certificate is not configured") == true)
    }

    @Test("A list from the future is a warning beyond the clock's skew, and none within")
    func future() throws {
        let fixture = try AssemblyFixture()
        let next = fixture.now + LabTime.secondsPerDay
        try fixture.issuing.revocationList(thisUpdate: fixture.now + 3600, nextUpdate: next).write(
            to: fixture.file("issuing.crl"))
        try expectWarning(fixture, "issuing.crl", "is not valid yet: its thisUpdate lies 60 minutes ahead")
        try fixture.issuing.revocationList(thisUpdate: fixture.now + 60, nextUpdate: next).write(to: fixture.file("issuing.crl"))
        #expect(try fixture.assemble().problems.isEmpty)
    }

    @Test("A list without nextUpdate would be believed for ever")
    func noNextUpdate() throws {
        let fixture = try AssemblyFixture()
        try fixture.issuing.revocationList { $0.nextUpdate = nil }.write(to: fixture.file("issuing.crl"))
        try expectError(fixture, "issuing.crl", contains: "without nextUpdate")
    }

    @Test("Every broken file is reported, not the first alone")
    func all() throws {
        let fixture = try AssemblyFixture()
        for name in ["root.pem", "root.crl", "issuing.crl"] { try fixture.write([], to: name) }
        let assembly = try fixture.assemble()
        #expect(assembly.snapshot == nil)
        let named = Set(assembly.problems.filter { $0.severity == .error }.map(\.file))
        #expect(named == Set(["root.pem", "root.crl", "issuing.crl"].map(fixture.file)))
    }

    private func expectError(
        _ fixture: AssemblyFixture, _ name: String, contains text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let assembly = try fixture.assemble()
        #expect(assembly.snapshot == nil, sourceLocation: sourceLocation)
        let messages = assembly.problems.filter { $0.severity == .error && $0.file == fixture.file(name) }.map(\.message)
        #expect(
            messages.contains { text.isEmpty ? !$0.isEmpty : $0.contains(text) }, "\(assembly.problems)",
            sourceLocation: sourceLocation
        )
    }

    private func expectWarning(
        _ fixture: AssemblyFixture, _ name: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let assembly = try fixture.assemble()
        #expect(assembly.snapshot != nil, sourceLocation: sourceLocation)
        #expect(assembly.problems == [.warning(fixture.file(name), text)], sourceLocation: sourceLocation)
    }
}
