import LabPKI
import PKITypes
import Testing
import VerificationCore

@Suite("The decision")
struct DecisionTests {
    private func fixture(adjust: LabCertificateAuthority.Adjustment = { _ in }) throws -> DecisionFixture {
        var fixture = try DecisionFixture(adjust: adjust)
        try fixture.addGoodLists()
        return fixture
    }

    @Test("a good device is permitted, by name, policy and generation")
    func permitted() throws {
        let permit = try #require(try fixture().decide().permit)
        #expect(permit.identity.text == DecisionFixture.identity && permit.policy == "all" && permit.generation == 7)
        #expect(permit.warnings.isEmpty)
    }

    @Test("trust: the anchor must be configured, still hold that certificate, and be trusted by this listener")
    func trust() throws {
        var fixture = try fixture()
        let path = try fixture.path()
        let other = TrustAnchorEntry(
            name: DecisionFixture.anchorName, fingerprints: [], identitySource: .sanURI, vouchesFor: [],
            maximumCertificateLifetimeSeconds: .max, revocation: RevocationPolicy()
        )
        for anchors in [[], [other]] {
            let verdict = decide(path, fixture.facts, fixture.snapshot(anchors: anchors), now: fixture.now, moment: .liveSession)
            #expect(verdict.reason == "unknown-ca")
        }
        fixture.trustByListener = ["monitors": [DecisionFixture.anchorName], DecisionFixture.listener: ["another"]]
        #expect(try fixture.reason() == "unknown-ca")
        fixture.trustByListener = [:]
        #expect(try fixture.reason() == "unknown-ca")
    }

    @Test("time: both ends of the validity belong to it, at any later decision too")
    func time() throws {
        let fixture = try fixture { $0.validity = Validity(notBefore: LabTime.now() + -100, notAfter: LabTime.now() + 100) }
        let validity = fixture.device.validity
        for when in [DecisionMoment.admission, .liveSession] {
            #expect(try fixture.reason(at: validity.notBefore, when) == "permit")
            #expect(try fixture.reason(at: validity.notAfter, when) == "permit")
            #expect(try fixture.reason(at: validity.notBefore + -1, when) == "not-yet-valid")
            #expect(try fixture.reason(at: validity.notAfter + 1, when) == "expired")
        }
    }

    @Test("graver findings come first: trust, time, revoked, uncertain, identity, scope, lifetime, policy, requirement")
    func order() throws {
        var fixture = try DecisionFixture { $0.subjectAlternativeNames = [.uri("urn:a:b"), .uri("urn:a:c")] }
        fixture.trustByListener = [:]
        fixture.lists = [
            try DecisionFixture.indexed(fixture.root.revocationList()),
            try DecisionFixture.indexed(fixture.issuing.revocationList(revoking: [LabRevokedEntry(fixture.device)])),
        ]
        fixture.vouchesFor = [try IdentityPattern("urn:elsewhere:**")]
        fixture.maximumLifetime = 0
        fixture.policies = []
        let late = fixture.device.validity.notAfter + 1
        #expect(try fixture.reason(at: late) == "unknown-ca")
        fixture.trustByListener = [DecisionFixture.listener: [DecisionFixture.anchorName]]
        #expect(try fixture.reason(at: late) == "expired")
        #expect(try fixture.reason() == "revoked")
        fixture.lists = []
        #expect(try fixture.reason() == "unrevocable")
        try fixture.addGoodLists()
        #expect(try fixture.reason() == "identity-ambiguous")
        fixture.identitySource = .registeredCertificate
        #expect(try fixture.reason() == "identity-out-of-scope")
        fixture.vouchesFor = [try IdentityPattern("cert:*")]
        #expect(try fixture.reason() == "certificate-lifetime-too-long")
        fixture.maximumLifetime = fixture.device.validity.lifetimeSeconds
        #expect(try fixture.reason() == "no-policy")
        fixture.policies = [AccessPolicy(name: "old", devices: .any, maximumCertificateAgeSeconds: 0)]
        #expect(try fixture.reason() == "certificate-too-old")
        fixture.policies = [AccessPolicy(name: "all", devices: .any)]
        #expect(try fixture.reason() == "permit")
    }

    @Test("identity: exactly one of the anchor's kind, and never from elsewhere")
    func identity() throws {
        let cases: [(names: [LabGeneralName], source: IdentitySource, expected: String)] = [
            ([.uri("urn:a:b")], .sanURI, "permit"),
            ([.dns("pump.example")], .sanURI, "identity-missing"),
            ([.uri("urn:a:b"), .uri("urn:a:b")], .sanURI, "identity-ambiguous"),
            ([.uri("urn:a:b"), .dns("pump.example")], .sanDNS, "permit"),
            ([], .subjectCommonName, "permit"),
            ([], .sanURI, "identity-missing"),
            ([.uri("serial:1")], .sanURI, "malformed-certificate"),
        ]
        for (names, source, expected) in cases {
            var fixture = try fixture { $0.subjectAlternativeNames = names }
            fixture.identitySource = source
            #expect(try fixture.reason() == expected, "\(names) as \(source)")
        }
    }

    @Test("a malformed subjectAltName refuses whatever is read, the common name too")
    func malformedNames() throws {
        for source in IdentitySource.allCases {
            var fixture = try fixture()
            fixture.identitySource = source
            let malformed = try fixture.issuing.issueDevice("urn:a:b") { $0.subjectAlternativeNames = [.ipOctets([1, 2, 3])] }
            let verdict = try fixture.decide(try Self.asserted(malformed, fixture))
            #expect(verdict.reason == "malformed-certificate", "\(source)")
        }
    }

    /// A path that no judge was asked about.
    private static func asserted(_ leaf: LabCertificate, _ fixture: DecisionFixture) throws -> VerifiedPath {
        try VerifiedPath(
            .stated(leaf, below: [fixture.issuing.certificate.der, fixture.root.certificate.der]), entry: fixture.entry
        )
    }

    @Test("an identity read under another rule than today's identifies nobody")
    func changedIdentitySource() throws {
        var fixture = try fixture()
        let path = try fixture.path()
        fixture.identitySource = .subjectCommonName
        #expect(try fixture.decide(path, .liveSession).reason == "identity-missing")
    }

    @Test("an anchor speaks for the identities it vouches for, and for no others")
    func vouching() throws {
        var fixture = try fixture()
        for (pattern, expected) in [
            ("urn:hospital:device:**", "permit"), ("urn:hospital:device:pump:*", "permit"),
            ("urn:hospital:*", "identity-out-of-scope"),
            ("urn:hospital:user:**", "identity-out-of-scope"),
        ] {
            fixture.vouchesFor = [try IdentityPattern(pattern)]
            #expect(try fixture.reason() == expected, "\(pattern)")
        }
        fixture.vouchesFor.append(try IdentityPattern(DecisionFixture.identity))
        #expect(try fixture.reason() == "permit")
    }

    @Test("a leaf that is itself the anchor needs no list")
    func leafIsAnchor() throws {
        let fixture = try DecisionFixture()
        let path = try VerifiedPath(.stated(fixture.root.certificate, below: []), entry: fixture.entry)
        #expect(path.certificates.isEmpty)
        #expect(try fixture.decide(path).reason == "identity-missing")
    }
}
