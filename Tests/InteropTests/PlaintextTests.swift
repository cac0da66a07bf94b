import GatewayTesting
import Testing

@Suite("B077: what is not TLS is closed with one log line and harms nobody")
struct PlaintextTests {
    enum Visitor: CaseIterable, CustomTestStringConvertible {
        case http, ssh, dicomAssociation, portScan, zeros

        var testDescription: String { "\(self)" }

        var octets: [UInt8] {
            switch self {
            case .http: Array("GET / HTTP/1.1\r\nHost: gateway\r\n\r\n".utf8)
            case .ssh: Array("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n".utf8)
            // A-ASSOCIATE-RQ (PS3.8 §9.3.2): type 1, its length, version 1, the called and calling AE titles.
            case .dicomAssociation:
                [1, 0, 0, 0, 0, 68, 0, 1, 0, 0] + Array("ANY-SCP         ECHOSCU         ".utf8)
                    + [UInt8](repeating: 0, count: 32)
            case .portScan: []
            case .zeros: [UInt8](repeating: 0, count: 40_000)
            }
        }
    }

    @Test("closed, logged once, and the next device is served", arguments: Visitor.allCases)
    func closed(visitor: Visitor) async throws {
        let upstream = try ScriptedUpstream.echo()
        let fixture = try await GatewayFixture(
            upstream: upstream.address,
            configuration: {
                $0.replacing("    protocol: tcp\n", with: "    protocol: tcp\n    timeouts: { handshake: 1s }\n")
            })
        let connection = try PlainConnection(to: fixture.address())
        #expect(visitor.octets.isEmpty || connection.send(visitor.octets))
        #expect(connection.receiveAll().end != .nothing)
        let refused = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refused.map { $0.fields["reason"] } == [visitor == .portScan ? "handshake-timeout" : "handshake-failed"])
        #expect(upstream.connections == 0)

        let device = try fixture.client(try fixture.pki.issuing.issueDevice("urn:hospital:device:pump:1"))
        try device.send([1])
        #expect(try device.receive(exactly: 1) == [1])
        #expect(fixture.log.lines("refused").count == 1)
        await fixture.gateway.stop()
    }

    @Test("curl without TLS gets no answer")
    func curl() async throws {
        let upstream = try ScriptedUpstream.echo()
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let outcome = try await DebianProgram.curl.run(["--silent", "--show-error", "http://127.0.0.1:\(fixture.port())/"])
        #expect(!outcome.succeeded, "\(outcome.text)")
        #expect(try await fixture.log.lines("refused", atLeast: 1).map { $0.fields["reason"] } == ["handshake-failed"])
        await fixture.gateway.stop()
    }
}
