import LabPKI
import OfflineVerification
import PKITypes
import Testing
import VerificationCore

@testable import Explanation

@Suite("The explanation of a decision")
struct ExplanationTests {
    var fixture: ExplanationFixture

    init() throws { fixture = try ExplanationFixture() }

    @Test("an admission: every certificate with its source, every status with its list, identity, policy, verdict")
    func admitted() throws {
        let explanation = try fixture.explanation()
        let document = explanation.document
        #expect(explanation.outcome.decision == .admitted && explanation.attempts.isEmpty)
        #expect(document["verdict", "reason"] == .string("admitted") && document["verdict", "alert"] == .null)
        #expect(document["path", "trust_anchor"] == .string("device-ca") && document["path", "certificates"]?.count == 3)
        let sources = ["0", "1", "2"].map { document["path", "certificates", $0, "source"] }
        #expect(sources == [.string("presented"), .string("intermediate"), .string("anchor")])
        #expect(document["path", "certificates", "1", "source_file"] == .string("issuing.pem"))
        #expect(document["path", "certificates", "1", "presented"] == .boolean(true))
        #expect(document["path", "certificates", "0", "serial"] == .string(fixture.device.serialText))
        #expect(document["revocation"]?.count == 2)
        #expect(document["revocation", "0", "list", "source"] == .string("issuing.crl"))
        #expect(document["revocation", "1", "list", "source"] == .string("root.crl"))
        #expect(document["identity", "value"] == .string(ExplanationFixture.identity))
        #expect(document["identity", "vouched_for"] == .boolean(true))
        #expect(document["policy", "name"] == .string("all"))
        let text = explanation.text
        #expect(text.hasPrefix("ADMITTED: \(ExplanationFixture.identity), by policy all\n"))
        for part in [
            "from      trust anchor device-ca, root.pem", "depth 0   good: not on the list", "number 0x01 of CN=Issuing",
            "san-uri: name 1 of 1", "device-ca vouches for urn:hospital:device:**", "5 VERDICT admitted\n", "next      nothing",
        ] {
            #expect(text.contains(part), "\(part) in\n\(text)")
        }
    }

    @Test("no line is wider than 100 columns, in the best and in the worst case")
    func width() throws {
        var fixture = fixture
        fixture.vouchesFor = (0..<40).map { "urn:another:device:class-\($0):*" }
        fixture.policies = (0..<40).map { AccessPolicy(name: "policy-\($0)", devices: .any, listeners: ["elsewhere-\($0)"]) }
        for explanation in [try self.fixture.explanation(), try fixture.explanation()] {
            #expect(explanation.text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(explanation.text)")
        }
    }

    @Test("what the registry refuses is told as its word")
    func registry() throws {
        var fixture = fixture
        fixture.policies = [AccessPolicy(name: "known", devices: .registered)]
        let outcome = try fixture.explanation().outcome
        #expect(outcome.reason == "device-unknown" && outcome.step == .identity)
        #expect(outcome.detail == "the registry, of \(ExplanationFixture.identity): device-unknown")
    }

    @Test("a leaf that no path is found for is told with what was tried")
    func noPath() throws {
        let stranger = try LabCertificateAuthority(root: "Stranger")
        let leaf = try stranger.issueDevice(ExplanationFixture.identity)
        let explanation = try fixture.explanation(of: leaf, beside: [])
        let document = explanation.document
        #expect(explanation.outcome.step == .path && explanation.outcome.alert == AlertFact(.unknownCA))
        #expect(document["path"] == .null && document["identity"] == .null && document["policy"] == .null)
        #expect(document["leaf", "serial"] == .string(leaf.serialText))
        #expect(document["tried", "0", "kind"] == .string("dead-end"))
        #expect(document["tried", "0", "serial"] == .string(leaf.serialText))
        #expect(explanation.text.contains("1 PATH: none <-- refused here"))
        #expect(explanation.text.contains("- dead end: CN=0042, serial \(leaf.serialText), presented: the leaf is issued by"))
    }

    @Test("an intermediate that is revoked or unknown is a path that was tried; dead ends come in their turn")
    func tried() throws {
        var fixture = fixture
        let second = try fixture.root.crossSign(fixture.issuing)
        let third = try fixture.root.crossSign(fixture.issuing) { $0.validity = .expired }
        let revoked = LabRevokedEntry(fixture.issuing.certificate, reason: .cessationOfOperation)
        fixture.lists[0] = try ExplanationFixture.indexed(fixture.root.revocationList(revoking: [revoked]), "root.crl")
        let explanation = try fixture.explanation(beside: [second.certificate.der])
        #expect(explanation.outcome.decision == .admitted, "\(explanation.text)")
        #expect(explanation.attempts.map(\.reason) == [.revoked] && explanation.attempts[0].turn == .before)
        #expect(explanation.text.contains("tried before it:\n    - path to device-ca by CN=Issuing"), "\(explanation.text)")
        #expect(explanation.document["tried", "0", "kind"] == .string("path"))
        #expect(explanation.document["tried", "0", "certificates"]?.count == 3)

        let refused = try fixture.explanation(beside: [third.certificate.der])
        #expect(refused.outcome.reason == "revoked" && refused.outcome.depth == 1)
        #expect(refused.attempts.map(\.reason) == [.expired] && refused.attempts[0].turn == .after, "\(refused.text)")
        #expect(refused.document["tried", "0", "serial"] == .string(third.certificate.serialText))
        #expect(refused.text.contains("tried after it:"))
    }

    @Test("a path that OpenSSL refuses and we do not is told with its certificates")
    func disagreement() throws {
        // Netscape's certificate type, a server's alone: no rule of RFC 5280, and yet OpenSSL takes it for one.
        let leaf = try fixture.issuing.issueDevice(ExplanationFixture.identity) {
            $0.extraExtensions = [LabExtension("2.16.840.1.113730.1.1", value: [0x03, 0x02, 0x06, 0x40])]
        }
        let explanation = try fixture.explanation(of: leaf)
        #expect(explanation.outcome.reason == "path-invalid" && explanation.outcome.step == .path)
        #expect(explanation.document["tried", "0", "kind"] == .string("disagreement"))
        #expect(explanation.document["tried", "0", "certificates"]?.count == 3)
        #expect(explanation.text.contains("- path by CN=Issuing"), "\(explanation.text)")
        #expect(explanation.text.contains("the second judge disagrees"))
    }

    @Test("what fails before the decision is told as such, and the decision all the same")
    func obstacles() throws {
        var fixture = fixture
        fixture.tlsVersions = [.tls13]
        #expect(try fixture.explanation().obstacle == nil)
        fixture.tlsVersion = .tls12
        let old = try fixture.explanation()
        #expect(old.outcome.decision == .refused && old.outcome.alert == AlertFact(.protocolVersion))
        #expect(old.text.contains("handshake fails before anything below is asked: the listener does not speak TLSv1.2"))
        #expect(old.text.contains("4 POLICY all (not reached"))

        let chain = [fixture.device.der, fixture.issuing.certificate.der]
        let octets = chain.reduce(4) { $0 + $1.count + 5 }
        for (limit, isTooLong) in [(octets, false), (octets - 1, true)] {
            fixture.tlsVersion = .tls13
            fixture.maximumChainOctets = limit
            let explanation = try fixture.explanation()
            #expect((explanation.obstacle != nil) == isTooLong)
            #expect(explanation.outcome.alert?.text == (isTooLong ? "47 illegal_parameter" : nil))
        }
    }

    @Test("the document has the same keys whatever the answer, and is one line of JSON")
    func keys() throws {
        let stranger = try LabCertificateAuthority(root: "Stranger").issueDevice(ExplanationFixture.identity)
        let documents = [try fixture.explanation(), try fixture.explanation(of: stranger, beside: [])].map(\.document)
        let keys = documents.map { document -> [String] in
            if case .object(let members) = document { members.keys.sorted() } else { [] }
        }
        #expect(keys[0] == keys[1])
        #expect(
            keys[0] == [
                "at", "config", "from", "identity", "leaf", "listener", "path", "policy", "revocation", "tls_version", "tried",
                "trust", "verdict",
            ])
        #expect(!(try fixture.explanation().json.contains("\n")))
    }
}
