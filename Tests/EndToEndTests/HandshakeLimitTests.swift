import GatewayTesting
import LabPKI
import PKITypes
import Testing

@Suite("Strangers who hold connections open harm nobody else")
struct HandshakeLimitTests {
    @Test("B074: a client that sends nothing is closed at the handshake timeout")
    func silent() async throws {
        let upstream = try ScriptedUpstream.echo()
        let fixture = try await GatewayFixture(upstream: upstream.address) { $0.addingToListener("timeouts: { handshake: 1s }") }
        let address = fixture.address()
        let (next, local) = try await blocking {
            let client = try PlainClient(to: address)
            return (client.next(), client.localAddress)
        }
        #expect(next == .endOfFile)
        let refused = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refused.map { $0.fields["reason"] } == ["handshake-timeout"])
        #expect(refused.first?.fields["source"] == local.description)
        #expect(upstream.connections == 0)
        await fixture.gateway.stop()
    }

    @Test("B075: with 40 silent and 20 garbage connections open, devices are served, and the stuck ones are reaped")
    func flood() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address) {
            $0.addingToListener("timeouts: { handshake: 3s }")
        }
        let pump = try fixture.pki.pump()
        let (silent, outcomes, early) = try await blocking {
            let silent = try (0..<40).map { _ in try PlainClient(to: fixture.address()) }
            let garbage = try (0..<20).map { _ in try PlainClient(to: fixture.address()) }
            for client in garbage { _ = client.send([UInt8](repeating: 0xff, count: 300)) }
            let outcomes = try (0..<4).map { _ in try fixture.client(pump).greet() }
            return (silent, outcomes, fixture.log.lines("refused").filter { $0.fields["reason"] == "handshake-timeout" }.count)
        }
        #expect(outcomes == [.served, .served, .served, .served])
        // Served while they were stuck, not after: none of the silent ones had been given up yet.
        #expect(early == 0)

        let refused = try await fixture.log.lines("refused", atLeast: 60, within: 10)
        let reasons = Dictionary(grouping: refused) { $0.fields["reason"] ?? "" }.mapValues(\.count)
        #expect(reasons == ["handshake-timeout": 40, "handshake-failed": 20])
        let ends = try await atOnce(40) { silent[$0].next() }
        #expect(ends == [UpstreamPeer.Next](repeating: .endOfFile, count: 40))
        #expect(try await fixture.attempt(fixture.pki.pump(9)) == .served)
        await fixture.gateway.stop()
    }

    @Test(
        "B077: plain HTTP, SSH and DICOM are answered with an alert or nothing, and one log line",
        arguments: [
            Array("GET / HTTP/1.1\r\nHost: pacs\r\n\r\n".utf8),
            Array("SSH-2.0-OpenSSH_9.2\r\n".utf8),
            // The head of an A-ASSOCIATE-RQ (DICOM PS3.8 §9.3.2).
            [1, 0, 0, 0, 0, 200, 0, 1, 0, 0] + [UInt8](repeating: 0x20, count: 196),
        ])
    func plaintext(_ octets: [UInt8]) async throws {
        let upstream = try ScriptedUpstream.echo()
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let address = fixture.address()
        let answer = try await blocking {
            let client = try PlainClient(to: address)
            _ = client.send(octets)
            return client.receiveAll()
        }
        // An alert record or nothing: never an octet of the upstream's.
        #expect(answer.isEmpty || answer.first == 21)
        let refused = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refused.map { $0.fields["reason"] } == ["handshake-failed"])
        #expect(try await fixture.attempt(fixture.pki.pump()) == .served)
        #expect(upstream.connections == 1)
        await fixture.gateway.stop()
    }

    @Test("Handshakes beyond handshakes_in_flight are shed at accept, and a freed place is usable at once")
    func handshakeCap() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address) {
            $0.addingToListener("limits: { handshakes_in_flight: 3 }")
        }
        var silent = try (0..<3).map { _ in try PlainClient(to: fixture.address()) }
        let accepted = "pulsegate_connections_accepted_total{listener=\"devices\"}"
        #expect(try await fixture.metrics(once: accepted, is: 3)[accepted] == 3)
        guard case .failed = try await fixture.attempt(fixture.pki.pump()) else {
            Issue.record("a handshake beyond the limit is served")
            return
        }
        let refused = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refused.map { $0.fields["reason"] } == ["overload"])
        silent.removeAll()
        _ = try await fixture.log.lines("refused", atLeast: 4)
        #expect(try await fixture.attempt(fixture.pki.pump()) == .served)
        await fixture.gateway.stop()
    }

    @Test("B079: a connection beyond the cap is refused, and a freed place is usable at once")
    func connectionCap() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address) {
            $0.addingToListener("limits: { connections: 2, handshakes_in_flight: 2 }")
        }
        var devices = try (0..<2).map { try fixture.client(fixture.pki.pump($0)) }
        for device in devices { #expect(try device.greet() == .served) }
        guard case .failed = try await fixture.attempt(fixture.pki.pump(3)) else {
            Issue.record("a connection beyond the limit is served")
            return
        }
        for device in devices { #expect(try device.greet() == .served) }
        let first = devices.removeFirst()
        first.sendCloseNotify()
        #expect(try first.receive() == .closeNotify)
        _ = try await fixture.log.lines("session ended", atLeast: 1)
        #expect(try await fixture.attempt(fixture.pki.pump(3)) == .served)
        let refused = fixture.log.lines("refused")
        #expect(refused.map { $0.fields["reason"] } == ["overload"])
        await fixture.gateway.stop()
    }
}
