import LabPKI
import SnapshotAssembly
import Testing

@Suite("Lists of every kind are taken from files, and what an operator should know of them is said")
struct ListExaminationTests {
    let fixture: AssemblyFixture

    init() throws { fixture = try AssemblyFixture() }

    /// What is said of the issuing authority's file when it holds these lists.
    private func messages(_ lists: LabRevocationList..., intermediates: String = "[issuing.pem]") throws -> [String] {
        var text = ""
        for list in lists { text += try list.pem() }
        try fixture.write(Array(text.utf8), to: "issuing.crl")
        let assembly = try fixture.assemble(intermediates: intermediates)
        let hasErrors = assembly.problems.contains { $0.severity == .error }
        #expect((assembly.snapshot == nil) == hasErrors)
        return assembly.problems.map { ($0.severity == .error ? "error: " : "warning: ") + $0.message }
    }

    @Test("a base and its delta, and partitions, are taken without a word")
    func taken() throws {
        let delta = try fixture.issuing.revocationList(number: 2) { $0.deltaBase = 1 }
        #expect(try messages(fixture.issuing.revocationList(number: 1), delta).isEmpty)
        let shards = try (1...2).map { shard in
            let scope = try LabExtension.issuingDistributionPoint(.url("http://pki.example/\(shard).crl"), scopes: [.indirect])
            return try fixture.issuing.revocationList { $0.extraExtensions = [scope] }
        }
        #expect(try messages(shards[0], shards[1]).isEmpty)
    }

    @Test("a delta without its base, and lists of attribute certificates, are warned of")
    func warned() throws {
        let delta = try fixture.issuing.revocationList(number: 5) { $0.deltaBase = 4 }
        let said = try messages(delta, fixture.issuing.revocationList(number: 3))
        #expect(said == ["warning: is a delta of list 0x04 or later, which no file of this trust anchor holds"])
        let scope = try LabExtension.issuingDistributionPoint(scopes: [.attributeCertificates])
        let attributes = try messages(try fixture.issuing.revocationList { $0.extraExtensions = [scope] })
        #expect(attributes.count == 2, "\(attributes)")
        #expect(attributes.first == "warning: is of attribute certificates only, so it speaks of no device")
        #expect(attributes.last?.hasPrefix("warning: no revocation list of CN=Assembly Issuing is configured") == true)
    }

    @Test("a list that must not be used is an error that says why")
    func mustNotBeUsed() throws {
        let unknown = LabExtension("1.2.3.4", .critical, value: [5, 0])
        let said = try messages(try fixture.issuing.revocationList { $0.extraExtensions = [unknown] })
        let expected = "error: holds a list with the unknown critical extension 1.2.3.4, which must not be used"
        #expect(said.count == 1 && said[0].hasPrefix(expected), "\(said)")
    }

    @Test("REV-9: two lists of one number with different contents are warned of; the same list twice is not")
    func contradiction() throws {
        let revoking = [LabRevokedEntry(serial: [9])]
        let (first, second) = (
            try fixture.issuing.revocationList(number: 4), try fixture.issuing.revocationList(revoking: revoking, number: 4)
        )
        let said = try messages(first, second)
        #expect(said.count == 2 && said.allSatisfy { $0.hasPrefix("warning: contradicts a list in ") }, "\(said)")
        #expect(try messages(first, first).isEmpty)
        #expect(try messages(first, fixture.issuing.revocationList(revoking: revoking, number: 5)).isEmpty)
    }

    @Test("a list by a key that is not configured waits; by a revoked one it speaks for nobody, and nothing is kept out")
    func otherKeys() throws {
        let other = try fixture.root.issueIntermediate("Assembly Issuing")
        let said = try messages(other.revocationList())
        #expect(said.count == 1 && said[0].hasPrefix("warning: is of CN=Assembly Issuing, by a key whose certificate is not"))
        try other.certificate.write(to: fixture.file("other.pem"), .alone)
        #expect(try messages(other.revocationList(), intermediates: "[issuing.pem, other.pem]").isEmpty)
        let revoking = [LabRevokedEntry(other.certificate)]
        try fixture.root.revocationList(revoking: revoking).write(to: fixture.file("root.crl"))
        let revoked = try messages(other.revocationList(), intermediates: "[issuing.pem, other.pem]")
        let expected = "warning: is signed by a key of CN=Assembly Issuing whose certificate is revoked"
        #expect(revoked.count == 1 && revoked[0].hasPrefix(expected), "\(revoked)")
    }
}
