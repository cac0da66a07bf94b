import EventLoop
import GatewayTesting
import LabPKI
import PKITypes
import TLSStream
import TLSTermination
import Testing

@Suite("Sessions stay where, and as long as, they were made for")
struct SessionBindingTests {
    /// A second listener, with the same server certificate.
    private static func withSecondListener(_ text: String, trust: String = "device-ca", policy: String) -> String {
        let listener = """
              others:
                bind: ["127.0.0.1:0"]
                protocol: tcp
                server_certificates: [{ chain: server.pem, key: server.key }]
                trust: [\(trust)]
                resumption: allowed
                upstream: backend
            upstreams:
            """
        return text.replacing("upstreams:\n", by: listener + "\n")
            .replacing("- { name: devices, when: {", by: policy + "\n  - { name: devices, when: { listeners: [devices],")
    }

    @Test(
        "T1: at another listener with the same certificate a session is nothing: that one's policy decides",
        arguments: TLSVersion.allCases)
    func otherPolicy(_ version: TLSVersion) async throws {
        let fixture = try await ResumptionTests.fixture {
            let selection = "{ listeners: [others], identity: \"urn:hospital:device:monitor:*\" }"
            return Self.withSecondListener($0, policy: "- { name: monitors, when: \(selection), devices: any }")
        }
        let pump = ReturningDevice(fixture: fixture, certificate: try fixture.pki.pump(), version: version)
        let monitor = ReturningDevice(
            fixture: fixture, certificate: try fixture.pki.issuing.issueDevice("urn:hospital:device:monitor:1"), version: version)
        let refused = try await pump.visit("others", with: pump.sessions(1)[0])
        #expect(refused.outcome == .alert(46) && !refused.isResumed)
        // T3: who is permitted there is served, by a full handshake.
        let served = try await monitor.visit("others", with: monitor.sessions(1)[0])
        #expect(served.outcome == .served && !served.isResumed)
        let again = try await monitor.visit("others", with: served.session)
        #expect(again.outcome == .served && again.isResumed)
        await fixture.gateway.stop()
    }

    @Test("T1: at a listener that trusts another CA a session is nothing", arguments: TLSVersion.allCases)
    func otherTrust(_ version: TLSVersion) async throws {
        let upstream = try ScriptedUpstream.echo().address
        let other = try DevicePKI()
        let site = try GatewaySite(
            upstream: upstream,
            configuration: { text in
                let anchor = """
                    trust_anchors:
                      other-ca:
                        certificates: [other.pem]
                        vouches_for: ["urn:hospital:device:**"]
                        revocation: { crls: [{ file: other.crl }] }
                    """
                let policy = "- { name: others, when: { listeners: [others] }, devices: any }"
                return Self.withSecondListener(
                    text.addingToListener("resumption: allowed").replacing("trust_anchors:\n", by: anchor + "\n"),
                    trust: "other-ca", policy: policy)
            },
            files: { directory, _ in
                try other.root.certificate.write(to: directory.file("other.pem"), .alone)
                try other.root.revocationList().write(to: directory.file("other.crl"))
            }
        )
        let fixture = try await GatewayFixture(site)
        let pump = ReturningDevice(fixture: fixture, certificate: try fixture.pki.pump(), version: version)
        let refused = try await pump.visit("others", with: pump.sessions(1)[0])
        #expect(refused.outcome == .alert(48) && !refused.isResumed)
        await fixture.gateway.stop()
    }

    @Test(
        "T3: a listener that trusts one more intermediate, or speaks TLS otherwise, shakes hands in full and serves",
        arguments: TLSVersion.allCases)
    func changedListener(_ version: TLSVersion) async throws {
        let fixture = try await ResumptionTests.fixture()
        let pump = ReturningDevice(fixture: fixture, certificate: try fixture.pki.pump(), version: version)
        var session = try await pump.sessions(1)[0]
        var text = fixture.site.text.replacing("intermediates: [issuing.pem]", by: "intermediates: [issuing.pem, root.pem]")
        let edits: [(String) -> String] =
            version == .tls12
            ? [{ $0 }]
            : [{ $0 }, { $0.replacing("resumption: allowed", by: "resumption: allowed\n    tls_profile: tls13-only") }]
        for edit in edits {
            text = edit(text)
            fixture.rewriteConfiguration(text)
            _ = try fixture.gateway.reload().get()
            let full = try await pump.visit(with: session)
            #expect(full.outcome == .served && !full.isResumed)
            let resumed = try await pump.visit(with: full.session)
            #expect(resumed.outcome == .served && resumed.isResumed)
            session = try #require(resumed.session)
        }
        fixture.rewriteConfiguration(text.replacing("resumption: allowed", by: "resumption: never"))
        _ = try fixture.gateway.reload().get()
        let never = try await pump.visit(with: session)
        #expect(never.outcome == .served && !never.isResumed)
        #expect(fixture.log.lines("refused").isEmpty)
        await fixture.gateway.stop()
    }

    @Test(
        "T4: a device that resumes in time, for ever, proves its key again by the age of the first proof",
        arguments: TLSVersion.allCases)
    func age(_ version: TLSVersion) async throws {
        let maximum: Int64 = 3
        let fixture = try await ResumptionTests.fixture(sessions: SharedSessionStore(maximumAgeSeconds: maximum))
        let pump = ReturningDevice(fixture: fixture, certificate: try fixture.pki.pump(), version: version)
        var session: TLSSession?
        var provedAt = ContinuousClock.now
        var proofs = 0
        let end = ContinuousClock.now + .seconds(9)
        while ContinuousClock.now < end {
            let visit = try await pump.visit(with: session)
            #expect(visit.outcome == .served)
            if visit.isResumed {
                // Whole seconds, on both ends.
                #expect(ContinuousClock.now - provedAt < .seconds(maximum + 2))
            } else {
                proofs += 1
                provedAt = ContinuousClock.now
            }
            session = visit.session
            try await Task.sleep(for: .milliseconds(400))
        }
        #expect(proofs >= 3 && proofs <= 5, "\(proofs) proofs in 9 s")
        await fixture.gateway.stop()
    }

    @Test("T4: no session outlives the certificate", arguments: TLSVersion.allCases)
    func notAfter(_ version: TLSVersion) async throws {
        let fixture = try await ResumptionTests.fixture()
        let certificate = try fixture.pki.issuing.issueDevice("urn:hospital:device:pump:1") {
            let now = $0.validity.notBefore
            $0.validity = Validity(notBefore: now, notAfter: LabTime.now() + 4)
        }
        let pump = ReturningDevice(fixture: fixture, certificate: certificate, version: version)
        var visit = try await pump.visit()
        var resumptions = 0
        let end = ContinuousClock.now + .seconds(8)
        while let session = visit.session, visit.outcome == .served, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(300))
            visit = try await pump.visit(with: session)
            if visit.isResumed { resumptions += 1 }
        }
        #expect(visit.outcome == .alert(45) && !visit.isResumed && resumptions > 0)
        await fixture.gateway.stop()
    }

    @Test(
        "T9: a session from before a restart, and one that was never ours, are full handshakes",
        arguments: TLSVersion.allCases)
    func restart(_ version: TLSVersion) async throws {
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address) { $0.addingToListener("resumption: allowed") }
        let certificate = try site.pki.pump()
        let before = try await Self.sessionOfFirstRun(site, certificate, version)
        let stranger = try await ResumptionTests.fixture()
        let foreign = try await ReturningDevice(fixture: stranger, certificate: stranger.pki.pump(), version: version).sessions(
            1)[0]
        await stranger.gateway.stop()

        let second = try await GatewayFixture(site)
        let pump = ReturningDevice(fixture: second, certificate: certificate, version: version)
        for session in [before, foreign] {
            let visit = try await pump.visit(with: session)
            #expect(visit.outcome == .served && !visit.isResumed)
        }
        #expect(try await second.metrics()["pulsegate_session_store_total{result=\"miss\"}"] == 2)
        let admitted = try await second.log.lines("admitted", atLeast: 2)
        #expect(admitted.allSatisfy { $0.fields["resumed"] == nil })
        await second.gateway.stop()
    }

    /// The gateway is gone when it returns, and its lock with it.
    private static func sessionOfFirstRun(
        _ site: GatewaySite, _ certificate: LabCertificate, _ version: TLSVersion
    ) async throws -> TLSSession {
        let fixture = try await GatewayFixture(site)
        let session = try await ReturningDevice(fixture: fixture, certificate: certificate, version: version).sessions(1)[0]
        await fixture.gateway.stop()
        return session
    }
}
