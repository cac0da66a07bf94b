import LabPKI
import OfflineVerification
import PKITypes
import PathValidation
import Testing

/// What `verify` holds issuers to, and what it answers when it is asked as the gateway would be.
@Suite("Offline verdicts on issuers that break rules")
struct IssuerProfileJobTests {
    let lab: VerificationFixture

    init() throws { lab = try VerificationFixture() }

    private func reasons(_ lists: [LabRevocationList], _ leaf: LabCertificate? = nil) throws -> [String] {
        try IssuerProfile.allCases.map { profile in
            VerificationFixture.reason(try lab.job(leaf, lists: lists) { $0.pathPolicy.issuerProfile = profile })
        }
    }

    private func list(_ adjust: (inout LabRevocationListProfile) -> Void) throws -> LabRevocationList {
        var profile = LabRevocationListProfile(thisUpdate: LabTime.now() + -60, nextUpdate: LabTime.now() + 3_600)
        adjust(&profile)
        return try lab.issuing.revocationList(profile)
    }

    @Test("strict unless the job says otherwise; a batch job says it in a field")
    func profiles() throws {
        let device = try lab.issuing.issueDevice("urn:a:b") { $0.authorityKeyIdentifier = .absent }
        #expect(VerificationFixture.reason(try lab.job(device)) == "path-invalid")
        #expect(try reasons(lab.lists(), device) == ["path-invalid", "admitted"])
        let members: [String: JSONValue] = ["trust_anchors": .array([]), "leaf": .string("")]
        func profile(_ name: String) throws -> IssuerProfile {
            try VerificationJob(members.merging(["issuer_profile": .string(name)]) { $1 }).pathPolicy.issuerProfile
        }
        #expect(try profile("strict") == .strict && profile("tolerant") == .tolerant)
        #expect(throws: VerificationJobFailure.self) { try profile("lenient") }
    }

    @Test("a list without a number, and one that names a certificate twice, are not used by the strict; version 1 has no numbers")
    func lists() throws {
        let root = try lab.root.revocationList()
        let other = LabRevokedEntry(serial: [0x11])
        #expect(try reasons([root, list { _ in }]) == ["admitted", "admitted"])
        #expect(try reasons([root, list { $0.number = nil }]) == ["revocation-unknown", "admitted"])
        #expect(try reasons([root, list { $0.entries = [other, other] }]) == ["revocation-unknown", "admitted"])
        let first = try list {
            $0.version = .v1
            $0.number = nil
            $0.authorityKeyIdentifier = .absent
        }
        #expect(try reasons([root, first]) == ["admitted", "admitted"])
    }

    @Test("what such a list revokes is not admitted by either")
    func revoking() throws {
        let entry = LabRevokedEntry(lab.device)
        let unnumbered = try list {
            $0.number = nil
            $0.entries = [entry]
        }
        let answers = try reasons([lab.root.revocationList(), unnumbered])
        #expect(!answers.contains("admitted"))
        #expect(
            try reasons([lab.root.revocationList(), lab.issuing.revocationList(), unnumbered]).allSatisfy { $0 != "admitted" })
    }

    @Test("a number that is marked critical spoils a list for everybody")
    func criticalNumber() throws {
        let critical = try list {
            $0.number = nil
            $0.extraExtensions = [LabExtension("2.5.29.20", .critical, value: LabDER.integer(7))]
        }
        #expect(try reasons([lab.root.revocationList(), critical]) == ["revocation-unknown", "revocation-unknown"])
    }

    @Test("300 names of a leaf are more than is read, and said so")
    func manyNames() throws {
        let device = try lab.issuing.issueDevice(names: (0..<300).map { .dns("a\($0).example") })
        #expect(VerificationFixture.reason(try lab.job(device)) == "work-limit")
        let extensions = (0..<80).map { LabExtension("1.2.3.\($0)", value: LabDER.null) }
        let full = try lab.issuing.issueDevice("urn:a:b") { $0.extraExtensions = extensions }
        #expect(VerificationFixture.reason(try lab.job(full)) == "work-limit")
    }
}
