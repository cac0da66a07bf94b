import GatewayTesting
import LabPKI
import PKITypes
import Testing

@Suite("TLS versions and protocol names follow the listener")
struct TLSParameterTests {
    /// A ClientHello without supported_versions (RFC 5246 §7.4.1.2), which offers this version and nothing newer.
    private static func hello(minor: UInt8) -> [UInt8] {
        let suites: [UInt8] = [0xc0, 0x13, 0xc0, 0x14, 0x00, 0x2f, 0x00, 0x35]
        let extensions: [UInt8] = [0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0]
        let body: [UInt8] =
            [3, minor] + (0..<32) + [0] + [0, UInt8(suites.count)] + suites + [1, 0] + [0, UInt8(extensions.count)] + extensions
        return [22, 3, 1, 0, UInt8(body.count + 4), 1, 0, 0, UInt8(body.count)] + body
    }

    @Test("B107: TLS 1.0 and 1.1 are refused with protocol_version", arguments: [UInt8(1), 2])
    func oldVersions(_ minor: UInt8) async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let address = fixture.address()
        let answer = try await blocking {
            let client = try PlainClient(to: address)
            _ = client.send(Self.hello(minor: minor))
            return client.receiveAll()
        }
        #expect(answer.first == 21)
        #expect(Array(answer.suffix(4)) == [0, 2, 2, 70])
        let refused = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refused.map { $0.fields["reason"] } == ["handshake-failed"])
        await fixture.gateway.stop()
    }

    @Test("B107: under tls13-only, TLS 1.2 is refused and 1.3 is served")
    func newestOnly() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address) {
            $0.addingToListener("tls_profile: tls13-only")
        }
        let pump = try fixture.pki.pump()
        #expect(try await fixture.attempt(pump, .tls12) == .alert(70))
        #expect(try await fixture.attempt(pump, .tls13) == .served)
        await fixture.gateway.stop()
    }

    @Test(
        "B111: the device's first protocol that the listener has is chosen",
        arguments: [(["b", "a"], "b"), (["a", "b"], "a"), (["c", "a"], "a"), (["ab", "b"], "b")], TLSVersion.allCases
    )
    func protocolName(_ offer: (offered: [String], chosen: String), _ version: TLSVersion) async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address) { $0.addingToListener("alpn: [a, b]") }
        let pump = try fixture.pki.pump()
        let chosen = try await blocking {
            let client = try fixture.client(pump, versions: version...version, applicationProtocols: offer.offered)
            return try client.greet() == .served ? client.stream.applicationProtocol : nil
        }
        #expect(chosen == offer.chosen)
        await fixture.gateway.stop()
    }

    @Test(
        "B111: no protocol offered is served, none in common is refused with no_application_protocol",
        arguments: TLSVersion.allCases)
    func noProtocol(_ version: TLSVersion) async throws {
        let upstream = try ScriptedUpstream.echo()
        let fixture = try await GatewayFixture(upstream: upstream.address) { $0.addingToListener("alpn: [a, b]") }
        let pump = try fixture.pki.pump()
        #expect(try await fixture.attempt(pump, version) == .served)
        let outcome = try await fixture.attempt(pump, versions: version...version, applicationProtocols: ["c", "abc"])
        #expect(outcome == .alert(120))
        #expect(upstream.connections == 1)
        await fixture.gateway.stop()
    }
}
