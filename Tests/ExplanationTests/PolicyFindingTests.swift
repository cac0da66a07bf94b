import OfflineVerification
import PKITypes
import Testing
import VerificationCore

@testable import Explanation

@Suite("The explanation of a policy")
struct PolicyFindingTests {
    let fixture: ExplanationFixture

    init() throws { fixture = try ExplanationFixture() }

    private func explanation(
        _ policies: [AccessPolicy], adjust: (inout ExplanationFixture) -> Void = { _ in }
    ) throws -> Explanation {
        var fixture = fixture
        fixture.policies = policies
        adjust(&fixture)
        return try fixture.explanation()
    }

    private var network: NetworkPrefix {
        get throws {
            let address = try #require(IPAddress(octets: [10, 20, 0, 0]))
            return try #require(NetworkPrefix(address: address, length: 16))
        }
    }

    @Test("the first that matches, and why those before it do not")
    func first() throws {
        let explanation = try explanation([
            AccessPolicy(name: "elsewhere", devices: .any, listeners: ["a", "b"]),
            AccessPolicy(name: "monitors", devices: .any, identity: try IdentityPattern("urn:hospital:device:monitor:*")),
            AccessPolicy(name: "pumps", devices: .any, identity: try IdentityPattern("urn:hospital:device:pump:{serial}")),
            AccessPolicy(name: "all", devices: .any),
        ])
        #expect(explanation.policy?.match?.name == "pumps" && explanation.outcome.decision == .admitted)
        #expect(explanation.policy?.passed.map(\.name) == ["elsewhere", "monitors"])
        #expect(explanation.text.contains("no match  elsewhere: is for listeners a, b"))
        #expect(explanation.text.contains("no match  monitors: is for urn:hospital:device:monitor:*"))
        #expect(explanation.document["policy", "pattern"] == .string("urn:hospital:device:pump:{serial}"))
    }

    @Test("none matches: they are counted, and the first are named")
    func none() throws {
        let explanation = try explanation((1...20).map { AccessPolicy(name: "p\($0)", devices: .any, listeners: ["a"]) })
        #expect(explanation.outcome.reason == "no-policy" && explanation.policy?.match == nil)
        #expect(explanation.document["policy", "name"] == .null)
        #expect(explanation.document["policy", "not_matched"]?.count == PolicyFinding.maximumPassed)
        #expect(explanation.document["policy", "not_matched_count"] == .integer(20))
        #expect(explanation.text.contains("no match  and 8 more"))
        #expect(explanation.text.contains("4 POLICY none matches <-- refused here"))
    }

    @Test("the requirement that is not met, those before it and those that are not asked")
    func requirements() throws {
        let policy = AccessPolicy(
            name: "pumps", devices: .any, networks: [try network], minimumTLSVersion: .tls13, maximumCertificateAgeSeconds: 60)
        let cases: [(String, [PolicyFinding.Requirement.Result], (inout ExplanationFixture) -> Void)] = [
            ("network-not-allowed", [.unmet, .notAsked, .notAsked], { $0.source = IPAddress(octets: [10, 9, 0, 1]) }),
            ("network-not-allowed", [.unmet, .notAsked, .notAsked], { $0.source = nil }),
            ("tls-too-old", [.met, .unmet, .notAsked], { $0.tlsVersion = .tls12 }),
            ("certificate-too-old", [.met, .met, .unmet], { _ in }),
        ]
        for (reason, results, adjust) in cases {
            let explanation = try explanation([policy], adjust: adjust)
            #expect(explanation.outcome.reason == reason && explanation.outcome.step == .policy)
            #expect(explanation.policy?.match?.requirements.map(\.result) == results)
            #expect(explanation.document["policy", "unmet"] == .string(reason))
            #expect(explanation.outcome.detail.hasPrefix("policy pumps requires "), "\(explanation.outcome.detail)")
            #expect(explanation.text.contains("NOT MET"))
        }
        let unsaid = try explanation([policy]) { $0.source = nil }
        #expect(unsaid.text.contains("where it comes from was not said (--from)"))
    }

    @Test("requirements that are met are told with what they were held against; an ageing certificate is a warning")
    func met() throws {
        let policy = AccessPolicy(
            name: "pumps", devices: .any, networks: [try network], minimumTLSVersion: .tls12, warnCertificateAgeSeconds: 60,
            maximumCertificateAgeSeconds: 86_400)
        let explanation = try explanation([policy])
        #expect(explanation.outcome.warnings == ["certificate-aging"])
        #expect(explanation.policy?.match?.unmet == nil)
        #expect(explanation.text.contains("met       networks 10.20.0.0/16; the device comes from 10.20.1.7"))
        #expect(explanation.text.contains("met       min_tls TLSv1.2; the device speaks TLSv1.3"))
        #expect(explanation.text.contains("warnings  certificate-aging"))
    }

    @Test("hours and posture are told with what they were held against")
    func device() throws {
        let hours = AccessHours(try WeeklyHours("granted"), in: .utc)
        let closed = try explanation([AccessPolicy(name: "vendors", devices: .any, hours: hours)])
        #expect(closed.outcome.reason == "outside-time-window" && closed.outcome.step == .policy)
        #expect(closed.outcome.detail.hasPrefix("policy vendors requires between granted; it is "))
        let posture = [try PostureRequirement("firmware", ">=4.2")]
        let always = AccessHours(try WeeklyHours("00:00-24:00"), in: .utc)
        let behind = try explanation([AccessPolicy(name: "pumps", devices: .any, hours: always, posture: posture)])
        #expect(behind.outcome.reason == "posture-not-met")
        #expect(behind.policy?.match?.requirements.map(\.result) == [.met, .unmet])
        #expect(behind.text.contains("posture firmware >=4.2 (it is not known)"))
    }

    @Test("what a listener only reports is an admission that says so, and what to do before it is enforced")
    func observed() throws {
        let explanation = try explanation([]) {
            $0.observation = Observation(checks: [.policy, .registry], until: $0.now + 60)
        }
        #expect(explanation.outcome.decision == .admitted && explanation.outcome.reason == "admitted-observed")
        #expect(explanation.outcome.detail.contains("by no policy; the listener only reports"))
        #expect(explanation.outcome.next == RefusalReason.noPolicy.advice)
    }
}
