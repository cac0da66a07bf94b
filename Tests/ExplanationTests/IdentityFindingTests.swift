import LabPKI
import OfflineVerification
import PKITypes
import Testing
import VerificationCore

@testable import Explanation

@Suite("The explanation of an identity")
struct IdentityFindingTests {
    let fixture: ExplanationFixture

    init() throws { fixture = try ExplanationFixture() }

    private func explanation(
        _ names: [LabGeneralName], adjust: (inout ExplanationFixture) -> Void = { _ in }
    ) throws -> Explanation {
        var fixture = fixture
        adjust(&fixture)
        return try fixture.explanation(of: fixture.issuing.issueDevice(names: names))
    }

    @Test("which of several names was read")
    func entry() throws {
        let explanation = try explanation([.dns("pump.example"), .ip("10.0.0.1"), .uri(ExplanationFixture.identity)])
        #expect(explanation.identity?.extraction == "san-uri: name 3 of 3 in subjectAltName")
        #expect(explanation.identity?.names?.map(\.isRead) == [false, false, true])
        #expect(explanation.text.contains("name      DNS pump.example (not read)"))
        #expect(explanation.text.contains("name      IP 10.0.0.1 (not read)"))
    }

    @Test("missing, ambiguous and malformed are said so, and no policy is asked")
    func failures() throws {
        let cases: [([LabGeneralName], String, String, String)] = [
            ([.dns("pump.example")], "identity-missing", "missing", "the certificate has no URI in subjectAltName"),
            ([.uri("urn:a:b"), .uri("urn:a:c")], "identity-ambiguous", "ambiguous", "more than one URI in subjectAltName"),
            ([.uri("no scheme")], "malformed-certificate", "malformed", "its URI in subjectAltName is malformed"),
        ]
        for (names, reason, problem, text) in cases {
            let explanation = try explanation(names)
            #expect(explanation.outcome.reason == reason && explanation.outcome.step == .identity)
            #expect(explanation.document["identity", "problem"] == .string(problem))
            #expect(explanation.outcome.detail.contains(text), "\(explanation.outcome.detail)")
            #expect(explanation.policy == nil && explanation.text.contains("4 POLICY: none is asked"))
            #expect(explanation.text.contains("3 IDENTITY none <-- refused here"))
        }
    }

    @Test("an identity that the trust anchor does not vouch for")
    func outOfScope() throws {
        let explanation = try explanation([.uri("urn:elsewhere:pump:1")])
        #expect(explanation.outcome.reason == "identity-out-of-scope")
        #expect(explanation.document["identity", "vouched_for"] == .boolean(false))
        #expect(explanation.text.contains("device-ca does not vouch for it, only for urn:hospital:device:**"))
        let anything = try self.explanation([.uri("urn:elsewhere:pump:1")]) { $0.vouchesFor = [] }
        #expect(anything.outcome.decision == .admitted && anything.text.contains("device-ca vouches for any identity"))
    }

    @Test("kinds that are not of the subjectAltName say where they stand")
    func otherKinds() throws {
        let byName = try explanation([.uri("urn:a:b")]) {
            $0.identitySource = .subjectCommonName
            $0.vouchesFor = []
        }
        #expect(byName.document["identity", "value"] == .string("cn:device"))
        #expect(byName.identity?.extraction == "subject-common-name: common name in the subject")
        let byPrint = try explanation([]) {
            $0.identitySource = .registeredCertificate
            $0.vouchesFor = []
        }
        #expect(byPrint.identity?.extraction == "registered-certificate: fingerprint of the certificate")
    }

    @Test("a certificate that is issued for longer than its trust anchor allows")
    func lifetime() throws {
        let explanation = try explanation([.uri(ExplanationFixture.identity)]) { $0.maximumLifetime = 86_400 }
        #expect(explanation.outcome.reason == "certificate-lifetime-too-long")
        #expect(explanation.outcome.detail.contains("max_certificate_lifetime is at most 1 d"))
        #expect(explanation.text.contains("3 IDENTITY \(ExplanationFixture.identity) <-- refused here"))
    }

    @Test("a certificate that is issued for longer than its trust anchor likes")
    func warnedLifetime() throws {
        let explanation = try explanation([.uri(ExplanationFixture.identity)]) { $0.warnedLifetime = 86_400 }
        #expect(explanation.outcome.decision == .admitted && explanation.outcome.warnings == ["certificate-long-lived"])
        #expect(explanation.text.contains("warned of above 1 d"))
        #expect(explanation.document["identity", "warned_lifetime_seconds"] == .integer(86_400))
    }

    @Test("a long name is cut short")
    func longName() throws {
        let explanation = try explanation([.uri(ExplanationFixture.identity), .dns(String(repeating: "a", count: 5000))])
        #expect(explanation.identity?.names?[1].text.count == 201)
        #expect(explanation.outcome.decision == .admitted)
    }
}
