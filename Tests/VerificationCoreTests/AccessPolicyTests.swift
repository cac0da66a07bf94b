import LabPKI
import PKITypes
import Testing
import VerificationCore

@Suite("Policies")
struct AccessPolicyTests {
    var fixture: DecisionFixture

    init() throws {
        fixture = try DecisionFixture { $0.validity = Validity(notBefore: LabTime.now() + -1000, notAfter: LabTime.now() + 1000) }
        try fixture.addGoodLists()
    }

    private func verdict(
        _ policies: [AccessPolicy], source: IPAddress? = IPAddress(octets: [10, 20, 0, 1]), tls: TLSVersion = .tls13
    ) throws
        -> Verdict
    {
        var fixture = fixture
        fixture.policies = policies
        fixture.facts = ConnectionFacts(listener: DecisionFixture.listener, source: source, tlsVersion: tls)
        return try fixture.decide()
    }

    @Test("the first whose `when` matches decides; a failed requirement does not fall through")
    func firstMatch() throws {
        let pumps = AccessPolicy(name: "pumps", devices: .any, identity: try IdentityPattern("urn:hospital:device:pump:{serial}"))
        let monitors = AccessPolicy(
            name: "monitors", devices: .any, identity: try IdentityPattern("urn:hospital:device:monitor:{serial}"))
        let elsewhere = AccessPolicy(name: "elsewhere", devices: .any, listeners: ["imaging"])
        let strict = AccessPolicy(name: "strict", devices: .any, identity: pumps.identity, maximumCertificateAgeSeconds: 0)
        let all = AccessPolicy(name: "all", devices: .any)
        #expect(try verdict([pumps, all]).permit?.policy == "pumps")
        #expect(try verdict([all, pumps]).permit?.policy == "all")
        #expect(try verdict([monitors, elsewhere, all]).permit?.policy == "all")
        #expect(
            try verdict([AccessPolicy(name: "here", devices: .any, listeners: [DecisionFixture.listener])]).permit?.policy
                == "here")
        #expect(try verdict([monitors, elsewhere]).reason == "no-policy")
        #expect(try verdict([]).reason == "no-policy")
        let refusal = try #require(try verdict([strict, all]).refusal)
        #expect(refusal.reason == .certificateTooOld && refusal.policy == "strict")
    }

    @Test(
        "networks: any of them holds the source; a unix socket has none",
        arguments: [
            ([10, 20, 0, 1], "permit"), ([10, 20, 255, 255], "permit"), ([192, 168, 1, 1], "permit"),
            ([10, 21, 0, 0], "network-not-allowed"), ([192, 168, 1, 2], "network-not-allowed"), ([], "network-not-allowed"),
            ([UInt8](repeating: 0, count: 10) + [0xff, 0xff, 10, 20, 0, 1], "permit"),
            ([10, 20] + [UInt8](repeating: 0, count: 14), "network-not-allowed"),
        ] as [([UInt8], String)]
    )
    func networks(source: [UInt8], expected: String) throws {
        let wide = try #require(IPAddress(octets: [10, 20, 0, 0]).flatMap { NetworkPrefix(address: $0, length: 16) })
        let host = try #require(IPAddress(octets: [192, 168, 1, 1]).flatMap { NetworkPrefix(address: $0, length: 32) })
        let policy = AccessPolicy(name: "ward", devices: .any, networks: [wide, host])
        #expect(try verdict([policy], source: IPAddress(octets: source)).reason == expected)
    }

    @Test("a unix socket is fine where no network is asked for")
    func unixSocket() throws {
        #expect(try verdict([AccessPolicy(name: "all", devices: .any)], source: nil).reason == "permit")
    }

    @Test("TLS versions: at least the one asked for")
    func tlsVersions() throws {
        for (minimum, version, expected) in [
            (TLSVersion.tls12, TLSVersion.tls12, "permit"), (.tls12, .tls13, "permit"), (.tls13, .tls13, "permit"),
            (.tls13, .tls12, "tls-too-old"),
        ] {
            #expect(
                try verdict([AccessPolicy(name: "tls", devices: .any, minimumTLSVersion: minimum)], tls: version).reason
                    == expected)
        }
    }

    @Test("age: refused beyond the limit, not at it; warned about before")
    func age() throws {
        let age = fixture.now - fixture.device.validity.notBefore
        func policy(warn: Int64? = nil, refuse: Int64? = nil) -> AccessPolicy {
            AccessPolicy(name: "age", devices: .any, warnCertificateAgeSeconds: warn, maximumCertificateAgeSeconds: refuse)
        }
        #expect(try verdict([policy(refuse: age)]).reason == "permit")
        #expect(try verdict([policy(refuse: age - 1)]).reason == "certificate-too-old")
        #expect(try verdict([policy(warn: age)]).permit?.warnings == [])
        #expect(try verdict([policy(warn: age - 1)]).permit?.warnings == .certificateAging)
    }

    @Test("lifetime: as long as the anchor allows, and not a second longer; warned about before")
    func lifetime() throws {
        var fixture = fixture
        let lifetime = fixture.device.validity.lifetimeSeconds
        for (maximum, expected) in [(lifetime, "permit"), (lifetime - 1, "certificate-lifetime-too-long")] {
            fixture.maximumLifetime = maximum
            #expect(try fixture.reason() == expected)
        }
        fixture.maximumLifetime = lifetime
        fixture.warnedLifetime = lifetime
        #expect(try fixture.decide().permit?.warnings == [])
        fixture.warnedLifetime = lifetime - 1
        #expect(try fixture.decide().permit?.warnings == .certificateLongLived)
    }
}
