import GatewayTesting
import Testing

@Suite("TLS versions and application protocols, with OpenSSL's own client")
struct VersionTests {
    /// OpenSSL's default security level keeps its own client from asking for these.
    private static let oldVersions = ["-tls1", "-tls1_1"]
    private static let protocolVersion: UInt8 = 70
    private static let noApplicationProtocol: UInt8 = 120

    @Test("B107: TLS 1.0 and 1.1 are refused with protocol_version", arguments: oldVersions, ["bcp195", "tls13-only"])
    func oldVersion(version: String, profile: String) async throws {
        let (fixture, files) = try await Self.gateway("tls_profile: \(profile)")
        let seen = try await SClient.refused(by: fixture, [version, "-cipher", "DEFAULT@SECLEVEL=0"], files)
        #expect(seen.alert == Self.protocolVersion, "\(seen.text)")
        #expect(try await fixture.log.lines("refused", atLeast: 1).map { $0.fields["reason"] } == ["handshake-failed"])
        await fixture.gateway.stop()
    }

    @Test("B107: a listener for TLS 1.3 alone refuses 1.2 and serves 1.3")
    func newestOnly() async throws {
        let (fixture, files) = try await Self.gateway("tls_profile: tls13-only")
        let old = try await SClient.refused(by: fixture, ["-tls1_2"], files)
        #expect(old.alert == Self.protocolVersion, "\(old.text)")
        let new = try await SClient.visits(fixture, ["-tls1_3"], files)
        #expect(new.exit == .code(0) && new.alert == nil && new.finishedHandshake, "\(new.text)")
        #expect(try await fixture.log.lines("admitted", atLeast: 1).map { $0.fields["tls"] } == ["TLSv1.3"])
        await fixture.gateway.stop()
    }

    @Test(
        "B111: the device's first protocol that the listener has wins",
        arguments: [("mqtt", "mqtt"), ("x-other,mqtt", "mqtt"), ("mqtt,x-amzn", "mqtt"), ("x-amzn,mqtt", "x-amzn")],
        ["-tls1_2", "-tls1_3"]
    )
    func chosenProtocol(offer: (offered: String, chosen: String), version: String) async throws {
        let (fixture, files) = try await Self.gateway("alpn: [mqtt, x-amzn]")
        let seen = try await SClient.visits(fixture, [version, "-alpn", offer.offered], files)
        #expect(seen.value("ALPN protocol") == offer.chosen, "\(seen.text)")
        await fixture.gateway.stop()
    }

    @Test("B111: a device that offers no protocol is served", arguments: ["-tls1_2", "-tls1_3"])
    func noOffer(version: String) async throws {
        let (fixture, files) = try await Self.gateway("alpn: [mqtt, x-amzn]")
        let seen = try await SClient.visits(fixture, [version], files)
        #expect(seen.text.contains("No ALPN negotiated") && seen.finishedHandshake, "\(seen.text)")
        #expect(try await fixture.log.lines("admitted", atLeast: 1).count == 1)
        await fixture.gateway.stop()
    }

    @Test("B111: no protocol in common is no_application_protocol", arguments: ["-tls1_2", "-tls1_3"])
    func noOverlap(version: String) async throws {
        let (fixture, files) = try await Self.gateway("alpn: [mqtt, x-amzn]")
        let seen = try await SClient.refused(by: fixture, [version, "-alpn", "h2,http/1.1"], files)
        #expect(seen.alert == Self.noApplicationProtocol, "\(seen.text)")
        #expect(try await fixture.log.lines("refused", atLeast: 1).map { $0.fields["reason"] } == ["handshake-failed"])
        await fixture.gateway.stop()
    }

    @Test("Without alpn in the configuration nothing is negotiated, whatever the device offers")
    func unconfigured() async throws {
        let (fixture, files) = try await Self.gateway("alpn: []")
        let seen = try await SClient.visits(fixture, ["-alpn", "h2"], files)
        #expect(seen.text.contains("No ALPN negotiated") && seen.finishedHandshake, "\(seen.text)")
        await fixture.gateway.stop()
    }

    /// A gateway whose listener has one more key.
    private static func gateway(_ setting: String) async throws -> (GatewayFixture, DeviceFiles) {
        let upstream = try ScriptedUpstream.echo()
        let fixture = try await GatewayFixture(
            upstream: upstream.address,
            configuration: {
                $0.replacing("    protocol: tcp\n", with: "    protocol: tcp\n    \(setting)\n")
            })
        let device = try fixture.pki.issuing.issueDevice("urn:hospital:device:pump:1")
        return (fixture, try fixture.files(for: device, named: "pump"))
    }
}
