import EventLoop
import Gateway
import GatewayTesting
import Glibc
import LabPKI
import PKITypes
import TLSOrigination
import Testing

@Suite("A gateway that is told to go lets its sessions finish")
struct ShutdownTests {
    @Test("B101: at SIGTERM running transfers finish, new connections are refused, and the exit code is 0")
    func drained() async throws {
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address) { $0.replacing("drain: 5s", by: "drain: 60s") }
        let gateway = try GatewayProcess(site)
        let address = try await gateway.address()
        let devices = try (0..<3).map { try site.pki.client(site.pki.pump($0), to: address) }
        for device in devices { #expect(try device.greet() == .served) }
        gateway.child.signal(SIGTERM)
        #expect(await gateway.logLines("draining", atLeast: 1).count == 1)
        try await eventually { PlainClient.isRefused(by: address) }
        #expect(PlainClient.isRefused(by: address))
        for device in devices {
            var sent = PatternStream()
            var pattern = PatternStream()
            for _ in 0..<20 {
                try device.send(sent.take(10_000))
                while pattern.position < sent.position {
                    guard case .octets(let octets) = try device.receive() else { break }
                    let isNext = pattern.matches(octets)
                    try #require(isNext)
                }
            }
            #expect(gateway.child.isRunning)
            device.sendCloseNotify()
            #expect(try device.receive() == .closeNotify)
        }
        #expect(await gateway.child.exit(within: .seconds(20)) == .code(0))
        #expect(gateway.logLines("session ended").map { $0["reason"] } == ["device-closed", "device-closed", "device-closed"])
    }

    @Test("B102 B103: a session that never ends is closed at the drain's deadline, which a SIGHUP does not prolong")
    func deadline() async throws {
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address) { $0.replacing("drain: 5s", by: "drain: 4s") }
        let gateway = try GatewayProcess(site)
        let device = try await site.pki.client(site.pki.pump(), to: gateway.address())
        #expect(try device.greet() == .served)
        let start = ContinuousClock.now
        gateway.child.signal(SIGTERM)
        #expect(await gateway.logLines("draining", atLeast: 1).count == 1)
        while gateway.logLines("session ended").isEmpty, start.duration(to: .now) < .seconds(20) {
            gateway.child.signal(SIGHUP)
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try device.receive() == .closeNotify)
        #expect(start.duration(to: .now) >= .milliseconds(3900))
        #expect(start.duration(to: .now) < .seconds(19))
        #expect(gateway.logLines("session ended").map { $0["reason"] } == ["drained"])
        // Heard, and taken: only the deadline stays what it was.
        #expect(gateway.logLines("snapshot published").count > 1)
        device.sendCloseNotify()
        _ = consume device
        #expect(await gateway.child.exit(within: .seconds(10)) == .code(0))
    }

    @Test("T27 B103: a device revoked during the drain is cut, others go on, nothing is opened again and the drain ends in time")
    func revokedMeanwhile() async throws {
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address) { $0.replacing("drain: 5s", by: "drain: 6s") }
        let gateway = try GatewayProcess(site)
        let address = try await gateway.address()
        let stolen = try site.pki.pump(1)
        let thief = try site.pki.client(stolen, to: address)
        let device = try site.pki.client(site.pki.pump(2), to: address)
        #expect(try thief.greet() == .served)
        #expect(try device.greet() == .served)
        let start = ContinuousClock.now
        gateway.child.signal(SIGTERM)
        #expect(await gateway.logLines("draining", atLeast: 1).count == 1)
        let other = EphemeralPort.reserve()
        site.rewriteConfiguration(
            site.text.replacing("bind: [\"127.0.0.1:0\"]\n    protocol", by: "bind: [\"127.0.0.1:\(other)\"]\n    protocol")
                .replacing("drain: 6s", by: "drain: 600s")
        )
        try site.pki.issuing.revocationList(revoking: [LabRevokedEntry(stolen)], number: 2)
            .write(to: site.directory.file("issuing.crl"))
        gateway.child.signal(SIGHUP)
        #expect(try thief.receive() == .closeNotify)
        #expect(start.duration(to: .now) < .seconds(6))
        #expect(try device.greet() == .served)
        #expect(await gateway.logLines("session cut", atLeast: 1).map { $0["reason"] } == ["revoked"])
        #expect(PlainClient.isRefused(by: address))
        #expect(try PlainClient.isRefused(by: #require(SocketAddress(ip: "127.0.0.1", port: other))))
        #expect(gateway.logLines("listening").count == 1)
        #expect(try device.receive() == .closeNotify)
        thief.sendCloseNotify()
        device.sendCloseNotify()
        #expect(await gateway.logLines("session ended", atLeast: 2).map { $0["reason"] } == ["revoked", "drained"])
        _ = (consume thief, consume device)
        #expect(await gateway.child.exit(within: .seconds(20)) == .code(0))
    }

    @Test("The end of a drain that is asked for before its beginning, or often, ends it once it begins")
    func endBeforeBeginning() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address) {
            $0.replacing("drain: 5s", by: "drain: 600s")
        }
        let device = try fixture.client(fixture.pki.pump())
        #expect(try device.greet() == .served)
        fixture.gateway.endDrain()
        fixture.gateway.endDrain()
        #expect(try device.greet() == .served)
        async let drained: Void = blocking { fixture.gateway.drain() }
        #expect(try device.receive() == .closeNotify)
        device.sendCloseNotify()
        try await drained
        fixture.gateway.endDrain()
        #expect(try await fixture.log.lines("session ended", atLeast: 1).map { $0.fields["reason"] } == ["drained"])
        await fixture.gateway.stop()
        #expect(throws: GatewayFailure.self) { try fixture.gateway.reload().get() }
    }

    @Test("A unix listener, whose queue all loops share, is drained as well", arguments: 1...4)
    func unixListener(_ round: Int) async throws {
        let socket = TemporaryDirectory()
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address) {
            $0.replacing(
                "bind: [\"127.0.0.1:0\"]\n    protocol", by: "bind: [\"unix:\(socket.file("devices.sock"))\"]\n    protocol"
            )
            .replacing("workers: 2", by: "workers: 4")
        }
        let gateway = try GatewayProcess(site)
        #expect(await gateway.logLines("listening", atLeast: 1).count == 1)
        let address = try #require(SocketAddress(unixPath: socket.file("devices.sock")))
        let device = try site.pki.client(site.pki.pump(), to: address)
        #expect(try device.greet() == .served)
        gateway.child.signal(SIGTERM)
        #expect(await gateway.logLines("draining", atLeast: 1).count == 1)
        #expect(try device.greet() == .served)
        device.sendCloseNotify()
        #expect(try device.receive() == .closeNotify)
        #expect(await gateway.child.exit(within: .seconds(20)) == .code(0))
    }

    @Test("A second SIGTERM ends the drain at once")
    func secondSignal() async throws {
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address) { $0.replacing("drain: 5s", by: "drain: 600s") }
        let gateway = try GatewayProcess(site)
        let device = try await site.pki.client(site.pki.pump(), to: gateway.address())
        #expect(try device.greet() == .served)
        gateway.child.signal(SIGTERM)
        #expect(await gateway.logLines("draining", atLeast: 1).count == 1)
        gateway.child.signal(SIGTERM)
        #expect(try device.receive() == .closeNotify)
        _ = consume device
        #expect(await gateway.child.exit(within: .seconds(20)) == .code(0))
    }

    @Test("/healthz and /readyz answer; while draining the gateway is alive but not ready")
    func probes() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address) {
            $0.replacing("drain: 5s", by: "drain: 60s")
        }
        #expect(try await fixture.get("/healthz").status == 200)
        #expect(try await fixture.get("/readyz").status == 200)
        let device = try fixture.client(fixture.pki.pump())
        #expect(try device.greet() == .served)
        async let drained: Void = blocking { fixture.gateway.drain() }
        _ = try await fixture.log.lines("draining", atLeast: 1)
        #expect(try await fixture.get("/healthz").status == 200)
        let answer = try await fixture.get("/readyz")
        #expect(answer.status == 503)
        #expect(answer.body.contains("draining"))
        #expect(try device.greet() == .served)
        #expect(try fixture.gateway.reload().get() == 2)
        #expect(try await fixture.get("/readyz").status == 503)
        #expect(try device.greet() == .served)
        device.sendCloseNotify()
        #expect(try device.receive() == .closeNotify)
        try await drained
        await fixture.gateway.stop()
    }
}
