import EventLoop
import GatewayTesting
import LabPKI
import PKITypes
import TLSOrigination
import Testing
import WireProtocols
import WireTesting

@Suite("Sessions find their upstream")
struct UpstreamTests {
    private static func loopback(_ port: UInt16) throws -> SocketAddress {
        try #require(SocketAddress(ip: "127.0.0.1", port: port))
    }

    @Test("B087: with nothing listening upstream the device's connection ends at once, and the log blames the upstream")
    func nobodyThere() async throws {
        let fixture = try await GatewayFixture(upstream: Self.loopback(EphemeralPort.reserve()))
        let pump = try fixture.pki.pump()
        #expect(try await fixture.attempt(pump) == .ended(.closeNotify))
        let failed = try await fixture.log.lines("upstream failed", atLeast: 1)
        #expect(failed.map { $0.fields["reason"] } == ["upstream-unavailable"])
        #expect(failed.map { $0.fields["fault"] } == ["upstream"])
        #expect(failed.map { $0.fields["upstream"] } == ["backend"])
        #expect(failed.map(\.level) == [.error])
        let page = try await fixture.metrics()
        #expect(page["pulsegate_upstream_up{upstream=\"backend\"}"] == 0)
        #expect(page["pulsegate_sessions{listener=\"devices\"}"] == 0)
        await fixture.gateway.stop()
    }

    @Test("B087: an upstream that does not answer costs the connect timeout, not more")
    func silentUpstream() async throws {
        // A queue of one that is full: the kernel drops what comes next.
        let deaf = try ListeningSocket.open(address: Self.loopback(0), count: 1, backlog: 0)[0]
        let fillers = try (0..<1).map { _ in try PlainClient(to: deaf.address) }
        let fixture = try await GatewayFixture(upstream: deaf.address) { $0.addingToListener("timeouts: { connect: 1s }") }
        #expect(try await fixture.attempt(fixture.pki.pump()) == .ended(.closeNotify))
        let failed = try await fixture.log.lines("upstream failed", atLeast: 1)
        #expect(failed.map { $0.fields["reason"] } == ["upstream-unavailable"])
        #expect(failed.first?.fields["detail"]?.contains("no answer within") == true)
        withExtendedLifetime(fillers) {}
        await fixture.gateway.stop()
    }

    @Test("B088: when the first address refuses, the next one serves the same connection")
    func nextAddress() async throws {
        let upstream = try ScriptedUpstream.echo()
        let refusing = try Self.loopback(EphemeralPort.reserve())
        let fixture = try await GatewayFixture(upstream: upstream.address) {
            $0.replacing("addresses: [\"\(upstream.address)\"]", by: "addresses: [\"\(refusing)\", \"\(upstream.address)\"]")
        }
        #expect(try await fixture.attempt(fixture.pki.pump()) == .served)
        #expect(upstream.connections == 1)
        #expect(fixture.log.lines("upstream failed").isEmpty)
        await fixture.gateway.stop()
    }

    @Test("A unix socket serves as an upstream, and a host name does")
    func otherAddresses() async throws {
        let directory = TemporaryDirectory()
        let path = try #require(SocketAddress(unixPath: directory.file("upstream.sock")))
        let local = try ScriptedUpstream.echo(at: path)
        let fixture = try await GatewayFixture(upstream: local.address)
        #expect(try await fixture.attempt(fixture.pki.pump()) == .served)
        #expect(local.connections == 1)

        let named = try ScriptedUpstream.echo()
        let port = try #require(named.address.port)
        fixture.rewriteConfiguration(fixture.site.text.replacing("\"\(path)\"", by: "\"localhost:\(port)\""))
        _ = try fixture.gateway.reload().get()
        #expect(try await fixture.attempt(fixture.pki.pump()) == .served)
        #expect(named.connections == 1)
        await fixture.gateway.stop()
        local.stop()
    }

    @Test("B047: PROXY v2 tells the upstream who is talking, and the device's octets follow", arguments: TLSVersion.allCases)
    func proxyHeader(_ version: TLSVersion) async throws {
        let seen = Kept<[UInt8]>()
        let upstream = try ScriptedUpstream { peer in
            var octets: [UInt8] = []
            while let more = peer.receive() { octets += more }
            seen.add(octets)
        }
        let fixture = try await GatewayFixture(upstream: upstream.address) {
            $0.replacing("upstreams:\n  backend:\n", by: "upstreams:\n  backend:\n    identity: proxy-v2\n")
                .addingToListener("alpn: [mqtt]")
        }
        let pump = try fixture.pki.pump()
        let local = try await blocking {
            let device = try fixture.client(pump, versions: version...version, applicationProtocols: ["mqtt"])
            try device.send(Array("hello".utf8))
            device.sendCloseNotify()
            _ = try device.receive()
            return device.localAddress
        }
        let octets = try #require(try await seen.values(atLeast: 1).first)
        let header = try ReceivedPROXYHeader(decoding: octets, checksum: .required)
        let source = try #require(Self.endpoint(local))
        let destination = try #require(Self.endpoint(fixture.address()))
        #expect(header.route == .tcp(source: source, destination: destination))
        #expect(header.value(of: .identity) == Array("urn:hospital:device:pump:1".utf8))
        #expect(header.value(of: .applicationProtocol) == Array("mqtt".utf8))
        // PP2_CLIENT_SSL, CERT_CONN and CERT_SESS; a verify word of 0 is success.
        #expect(header.value(of: .tls)?.prefix(5) == [7, 0, 0, 0, 0])
        #expect(try header.tlsFields().first { $0.type == 0x21 }?.value == Array(version.rawValue.utf8))
        #expect(Array(octets.dropFirst(header.length)) == Array("hello".utf8))
        await fixture.gateway.stop()
    }

    private static func endpoint(_ address: SocketAddress?) -> PROXYHeaderV2.Endpoint? {
        guard let octets = address?.ipOctets, let port = address?.port, let ip = IPAddress(octets: octets) else { return nil }
        return PROXYHeaderV2.Endpoint(address: ip, port: port)
    }
}
