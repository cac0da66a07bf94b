import EventLoop
import GatewayTesting
import Glibc
import LabPKI
import PKITypes
import TLSOrigination
import Testing

@Suite("Nothing is left behind by connections that ended", .serialized)
struct AbortTests {
    private static let rounds = 100

    @Test(
        "B066: after 100 resets of either side in mid-transfer, descriptors are back where they were", arguments: [true, false])
    func resets(byDevice: Bool) async throws {
        let upstream = try ScriptedUpstream { peer in
            _ = peer.receive()
            guard byDevice else {
                _ = peer.send([UInt8](repeating: 1, count: 100_000))
                return peer.resetOnClose()
            }
            while peer.send([UInt8](repeating: 1, count: 65536)) {}
        }
        let site = try GatewaySite(upstream: upstream.address)
        let gateway = try GatewayProcess(site)
        let address = try await gateway.address()
        let pump = try site.pki.pump()
        try await Self.abort(site.pki, pump, address, byDevice: byDevice)
        #expect(await gateway.logLines("session ended", atLeast: 1).count == 1)
        let before = gateway.descriptorCount
        for _ in 0..<Self.rounds / 4 {
            _ = try await atOnce(4) { _ in try Self.abortNow(site.pki, pump, address, byDevice: byDevice) }
        }
        let ended = await gateway.logLines("session ended", atLeast: Self.rounds + 1)
        #expect(ended.count == Self.rounds + 1)
        #expect(Set(ended.map { $0["reason"] }) == [byDevice ? "device-reset" : "upstream-reset"])
        try await eventually { gateway.descriptorCount == before }
        #expect(gateway.descriptorCount == before)
    }

    private static func abort(_ pki: DevicePKI, _ pump: LabCertificate, _ address: SocketAddress, byDevice: Bool) async throws {
        try await blocking { try abortNow(pki, pump, address, byDevice: byDevice) }
    }

    /// A device that leaves in the middle, or reads until its upstream does.
    private static func abortNow(_ pki: DevicePKI, _ pump: LabCertificate, _ address: SocketAddress, byDevice: Bool) throws {
        let device = try pki.client(pump, to: address)
        try device.send([1])
        if byDevice {
            _ = try device.receive()
            device.resetOnClose()
        } else {
            while case .octets? = try? device.receive() {}
        }
    }

    @Test("B085: after 600 short connections of 6 workers, sessions, descriptors and the metrics are what they should be")
    func churn() async throws {
        let upstream = try ScriptedUpstream.echo()
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let pump = try fixture.pki.pump()
        let stranger = try DevicePKI().pump()
        let perWorker = 100
        _ = try await atOnce(6) { worker in
            for round in 0..<perWorker {
                if round % 10 == worker {
                    do {
                        _ = try fixture.client(stranger).receive()
                        Issue.record("a stranger is served")
                    } catch let failure as TLSClient.Failure {
                        #expect(failure == .alert(48))
                    }
                    continue
                }
                let device = try fixture.client(pump)
                #expect(try device.greet() == .served)
                device.sendCloseNotify()
                #expect(try device.receive() == .closeNotify)
            }
        }
        let served = 6.0 * 90
        let page = try await fixture.metrics(
            once: "pulsegate_sessions_closed_total{listener=\"devices\",reason=\"device-closed\"}", is: served)
        let all = "{listener=\"devices\"}"
        #expect(page["pulsegate_sessions" + all] == 0)
        #expect(page["pulsegate_connections_accepted_total" + all] == 600)
        #expect(page["pulsegate_handshakes_total{listener=\"devices\",result=\"full\"}"] == served)
        #expect(page["pulsegate_handshakes_total{listener=\"devices\",result=\"failed\"}"] == 60)
        #expect(page["pulsegate_admissions_total{listener=\"devices\",decision=\"admitted\",reason=\"admitted\"}"] == served)
        #expect(page["pulsegate_admissions_total{listener=\"devices\",decision=\"refused\",reason=\"unknown-ca\"}"] == 60)
        #expect(page.total("pulsegate_admissions_total") == 600)
        #expect(page.total("pulsegate_sessions_closed_total") == served)
        #expect(page["pulsegate_handshake_seconds_count" + all] == served)
        #expect(page["pulsegate_decision_seconds_count" + all] == 600)
        #expect(page["pulsegate_relay_bytes_total{listener=\"devices\",direction=\"from_device\"}"] == served * 12)
        #expect(page["pulsegate_relay_bytes_total{listener=\"devices\",direction=\"to_device\"}"] == served * 12)
        #expect(upstream.connections == Int(served))
        let admitted = try await fixture.log.lines("admitted", atLeast: Int(served))
        let refused = try await fixture.log.lines("refused", atLeast: 60)
        let identifiers = (admitted + refused).compactMap { $0.fields["decision"] }
        #expect(identifiers.count == 600)
        #expect(Set(identifiers).count == 600)
        await fixture.gateway.stop()
    }

    @Test("With few descriptors a listener holds fewer connections than configured, says how many, and stays in order")
    func capped() async throws {
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address) {
            $0.addingToListener("timeouts: { handshake: 60s }")
        }
        let gateway = try GatewayProcess(site, descriptors: 84)
        let address = try await gateway.address()
        let caps = await gateway.logLines("connections are capped by the limit of descriptors", atLeast: 1)
        #expect(caps.map { $0["effective"] } == ["10"])
        #expect(caps.map { $0["configured"] } == ["20000"])
        var silent = try (0..<60).map { _ in try PlainClient(to: address) }
        #expect(await gateway.logLines("refused", atLeast: 50).compactMap { $0["reason"] }.count { $0 == "overload" } == 50)
        silent.removeAll()
        let pump = try site.pki.pump()
        try await eventually { gateway.logLines("refused").count == 60 }
        #expect(try await blocking { try site.pki.client(pump, to: address).greet() } == .served)
        #expect(gateway.logLines("accepting paused").isEmpty)
        gateway.child.signal(SIGHUP)
        #expect(await gateway.logLines("snapshot published", atLeast: 2).count == 2)
        #expect(gateway.logLines("connections are capped by the limit of descriptors").count == 1)
    }

    @Test("Out of descriptors, the gateway rests, says so, and serves again once there are some")
    func exhausted() async throws {
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address) {
            $0.addingToListener("timeouts: { handshake: 60s }")
        }
        let gateway = try GatewayProcess(site)
        let address = try await gateway.address()
        // Lowered while it runs: what the gateway finds at its start, it shares out so that it never runs out.
        let lowered = try ChildProcess("/usr/bin/prlimit", ["--pid", "\(gateway.child.processID)", "--nofile=48:48"])
        #expect(await lowered.exit(within: .seconds(10)) == .code(0))
        let pump = try site.pki.pump()
        #expect(try await blocking { try site.pki.client(pump, to: address).greet() } == .served)
        var silent = try (0..<60).map { _ in try PlainClient(to: address) }
        let paused = await gateway.logLines("accepting paused", atLeast: 1)
        #expect(paused.first?["cause"] == "Too many open files")
        #expect(paused.first?["level"] == "error")
        silent.removeAll()
        #expect(await !gateway.logLines("accepting resumed", atLeast: 1).isEmpty)
        #expect(try await blocking { try site.pki.client(pump, to: address).greet() } == .served)
        #expect(gateway.child.isRunning)
        // It rests between attempts: a loop that tried at once again would fill the log.
        #expect(gateway.logLines("accepting paused").count < 40)
    }
}
