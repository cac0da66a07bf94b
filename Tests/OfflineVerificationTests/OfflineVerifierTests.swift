import LabPKI
import OfflineVerification
import PKITypes
import Testing

@Suite("Offline verdicts")
struct OfflineVerifierTests {
    let lab: VerificationFixture

    init() throws { lab = try VerificationFixture() }

    private func reason(_ job: VerificationJob) -> String { VerificationFixture.reason(job) }

    @Test("a good device is admitted, and named by its certificate")
    func admitted() throws {
        let answer = OfflineVerifier.answer(try lab.job(lists: lab.lists()))
        #expect(answer.isAccepted && answer.reason == "admitted" && answer.depth == nil)
        guard case .accept(let identity) = answer.decision else { return }
        #expect(identity.text.hasPrefix("cert:") && identity.text.count == "cert:".count + 64)
    }

    @Test("faults of the path have their reasons")
    func pathFaults() throws {
        let stranger = try LabCertificateAuthority(root: "Stranger")
        let cases: [(VerificationJob, String)] = [
            (try lab.job(lab.issuing.issueDevice("urn:a:b") { $0.validity = .expired }), "expired"),
            (try lab.job(lab.issuing.issueDevice("urn:a:b") { $0.validity = .notYetValid }), "not-yet-valid"),
            (try lab.job(stranger.issueDevice("urn:a:b")), "unknown-ca"),
            (try lab.job { $0.intermediates = [] }, "unknown-ca"),
            (try lab.job { $0.trustAnchors = [] }, "unknown-ca"),
            (try lab.job { $0.trustAnchors = [Array("junk".utf8)] }, "unknown-ca"),
            (try lab.job(lab.issuing.issueServer()), "wrong-purpose"),
            (try lab.job { $0.pathPolicy.purpose = .server }, "wrong-purpose"),
            (try lab.job(lab.device.withBrokenSignature), "path-invalid"),
            (try lab.job(lab.issuing.issueDevice("urn:a:b") { $0.signature = .sha1 }), "weak-algorithm"),
            (try lab.job { $0.leaf = Array("junk".utf8) }, "malformed-certificate"),
            (try lab.job { $0.leaf = [] }, "malformed-certificate"),
            (
                try lab.job(lab.issuing.issueDevice("urn:a:b") { $0.rawSubjectAlternativeName = [0x30, 0x02, 0x82, 0x05] }),
                "malformed-certificate"
            ),
        ]
        for (position, (job, expected)) in cases.enumerated() { #expect(reason(job) == expected, "case \(position)") }
    }

    @Test("purposes: a server's certificate serves servers, and any purpose takes both")
    func purposes() throws {
        let server = try lab.issuing.issueServer()
        #expect(reason(try lab.job(server) { $0.pathPolicy.purpose = .server }) == "admitted")
        #expect(reason(try lab.job(server) { $0.pathPolicy.purpose = .any }) == "admitted")
        #expect(reason(try lab.job { $0.pathPolicy.purpose = .any }) == "admitted")
    }

    @Test("both ends of the validity belong to it")
    func validity() throws {
        let device = try lab.issuing.issueDevice("urn:a:b") {
            $0.validity = Validity(notBefore: LabTime.now(), notAfter: LabTime.now() + 60)
        }
        let (begin, end) = (device.validity.notBefore, device.validity.notAfter)
        for (moment, expected) in [(begin, "admitted"), (end, "admitted"), (begin + -1, "not-yet-valid"), (end + 1, "expired")] {
            #expect(reason(try lab.job(device) { $0.moment = moment }) == expected)
        }
    }

    @Test("any certificate can be a trust anchor, self-signed or not; the leaf too")
    func anchors() throws {
        #expect(reason(try lab.job { $0.trustAnchors = [try lab.pem(lab.issuing.certificate)] }) == "admitted")
        #expect(reason(try lab.job { $0.trustAnchors = [try lab.pem(lab.device)] }) == "admitted")
        let another = try lab.issuing.issueDevice("urn:a:b")
        #expect(reason(try lab.job(another) { $0.trustAnchors = [try lab.pem(lab.device)] }) == "unknown-ca")
        #expect(reason(try lab.job { $0.trustAnchors = [Array("junk".utf8), try lab.pem(lab.root.certificate)] }) == "admitted")
    }

    @Test("junk beside what is needed hides nothing")
    func junk() throws {
        let broken = Array("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n".utf8)
        let wrong = Array("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n".utf8)
        let issuing = try lab.pem(lab.issuing.certificate)
        let job = try lab.job(lists: lab.lists()) {
            $0.intermediates = [broken, Array("junk".utf8), [], broken + issuing + wrong, issuing]
            $0.lists = [broken, [0x30, 0x03, 0x02, 0x01, 0x01]] + [broken + $0.lists[0]] + [$0.lists[1] + broken]
        }
        #expect(reason(job) == "admitted")
    }

    @Test("the chain of a leaf's own file completes its path")
    func chainInTheLeafFile() throws {
        let job = try lab.job {
            $0.intermediates = []
            $0.leaf = Array(try lab.device.chainPEM().utf8)
        }
        #expect(reason(job) == "admitted")
    }

    @Test("depth counts the intermediates that are not self-issued")
    func depth() throws {
        let second = try lab.issuing.issueIntermediate("Second")
        let device = try second.issueDevice("urn:a:b")
        for (depth, expected) in [(2, "admitted"), (1, "path-invalid"), (0, "path-invalid")] {
            let job = try lab.job(device) {
                $0.intermediates.append(try lab.pem(second.certificate))
                $0.pathPolicy.maximumDepth = depth
            }
            #expect(reason(job) == expected, "depth \(depth)")
        }
        let renewed = try lab.issuing.issueIntermediate("Pulsegate Laboratory Issuing CA")
        let renewedDevice = try renewed.issueDevice("urn:a:c")
        for (depth, expected) in [(1, "admitted"), (0, "path-invalid")] {
            let job = try lab.job(renewedDevice) {
                $0.intermediates.append(try lab.pem(renewed.certificate))
                $0.pathPolicy.maximumDepth = depth
            }
            #expect(reason(job) == expected, "self-issued, depth \(depth)")
        }
        #expect(reason(try lab.job { $0.pathPolicy.maximumDepth = 0 }) == "path-invalid")
        #expect(reason(try lab.job(lab.root.issueDevice("urn:a:d")) { $0.pathPolicy.maximumDepth = 0 }) == "admitted")
    }

    @Test("every name that is asked for must be in the leaf's subjectAltName; the common name is not one")
    func peerIdentities() throws {
        let held = [
            PeerIdentity(kind: .dns, value: "pump.hosp.example"), PeerIdentity(kind: .ip, value: "10.20.0.1"),
            PeerIdentity(kind: .rfc822, value: "pump@hosp.example"),
        ]
        #expect(reason(try lab.job { $0.peerIdentities = held }) == "admitted")
        for absent in [PeerIdentity(kind: .dns, value: "device"), PeerIdentity(kind: .ip, value: "10.20.0.2")] {
            #expect(reason(try lab.job { $0.peerIdentities = held + [absent] }) == "identity-missing")
        }
        let nameless = try lab.issuing.issueDevice(names: []) { $0.subject = .commonName("pump.hosp.example") }
        #expect(reason(try lab.job(nameless) { $0.peerIdentities = [held[0]] }) == "identity-missing")
        #expect(reason(try lab.job(nameless)) == "admitted")
    }

    @Test("initial policies bind when a policy is required")
    func policies() throws {
        let lab = self.lab
        let policy = LabExtension.certificatePolicies(["1.2.3.4"])
        let issuing = try lab.root.issueIntermediate("Policy CA") { $0.extraExtensions = [policy] }
        let device = try issuing.issueDevice("urn:a:b") { $0.extraExtensions = [policy] }
        for (initial, expected) in [("1.2.3.4", "admitted"), ("1.2.3.5", "constraint-violated"), ("2.5.29.32.0", "admitted")] {
            let job = try lab.job(device) {
                $0.intermediates = [try lab.pem(issuing.certificate)]
                $0.pathPolicy.initialPolicies = [initial]
                $0.pathPolicy.explicitPolicy = .required
            }
            #expect(reason(job) == expected, "\(initial)")
        }
        #expect(reason(try lab.job { $0.pathPolicy.explicitPolicy = .required }) == "constraint-violated")
        #expect(
            reason(
                try lab.job(device) {
                    $0.intermediates = [try lab.pem(issuing.certificate)]
                    $0.pathPolicy.initialPolicies = ["not an identifier"]
                }) == "internal-error")
    }
}
