import EventLoop
import GatewayTesting
import PKITypes
import Testing

@Suite("A gateway that cannot start leaves nothing behind")
struct StartTests {
    private static func loopback(_ port: UInt16) throws -> SocketAddress {
        try #require(SocketAddress(ip: "127.0.0.1", port: port))
    }

    /// A listener on a port of its own, and one more.
    private static func twoListeners(_ text: String, _ first: UInt16, _ second: UInt16) -> String {
        text.replacing(
            "bind: [\"127.0.0.1:0\"]\n    protocol", by: "bind: [\"127.0.0.1:\(first)\", \"127.0.0.1:\(second)\"]\n    protocol")
    }

    @Test("B116: a listener's port that is taken stops the start, exit code 3, and no other port stays open")
    func listenerPort() async throws {
        let taken = try ListeningSocket.open(address: Self.loopback(0), count: 1)[0]
        let free = EphemeralPort.reserve()
        let site = try GatewaySite(upstream: taken.address) { Self.twoListeners($0, free, taken.address.port ?? 0) }
        await #expect {
            _ = try await GatewayFixture(site)
        } throws: {
            "\($0)".contains("cannot listen on") && "\($0)".contains(taken.address.description)
        }
        #expect(try PlainClient.isRefused(by: Self.loopback(free)))
        let gateway = try GatewayProcess(site)
        #expect(await gateway.child.exit(within: .seconds(10)) == .code(3))
        #expect(gateway.child.error.contains(taken.address.description))
    }

    @Test("B116: a metrics port that is taken stops the start, and no listener stays open")
    func metricsPort() async throws {
        let taken = try ListeningSocket.open(address: Self.loopback(0), count: 1)[0]
        let free = EphemeralPort.reserve()
        let site = try GatewaySite(upstream: taken.address) {
            $0.replacing("bind: [\"127.0.0.1:0\"]\n    protocol", by: "bind: [\"127.0.0.1:\(free)\"]\n    protocol")
                .replacing("metrics: { bind: \"127.0.0.1:0\" }", by: "metrics: { bind: \"\(taken.address)\" }")
        }
        await #expect {
            _ = try await GatewayFixture(site)
        } throws: {
            "\($0)".contains("metrics")
        }
        #expect(try PlainClient.isRefused(by: Self.loopback(free)))
        // What stopped it is mended: the directory's lock was given back, too.
        site.rewriteConfiguration(
            site.text.replacing("metrics: { bind: \"\(taken.address)\" }", by: "metrics: { bind: \"127.0.0.1:0\" }"))
        let fixture = try await GatewayFixture(site)
        #expect(try fixture.address() == Self.loopback(free))
        await fixture.gateway.stop()
    }

    @Test("A second gateway on the same state_directory does not start, and opens no port")
    func sameDirectory() async throws {
        let upstream = try ScriptedUpstream.echo()
        let first = try await GatewayFixture(upstream: upstream.address)
        let free = EphemeralPort.reserve()
        let second = try GatewaySite(upstream: upstream.address) {
            $0.replacing("state_directory: state", by: "state_directory: \(first.directory.file("state"))")
                .replacing("bind: [\"127.0.0.1:0\"]\n    protocol", by: "bind: [\"127.0.0.1:\(free)\"]\n    protocol")
        }
        await #expect {
            _ = try await GatewayFixture(second)
        } throws: {
            "\($0)".contains("in use by another running gateway")
        }
        #expect(try PlainClient.isRefused(by: Self.loopback(free)))
        #expect(try await first.attempt(first.pki.pump()) == .served)
        await first.gateway.stop()
    }

    @Test("A second gateway on the same port does not start, and the first one keeps every device")
    func samePort() async throws {
        let upstream = try ScriptedUpstream.echo()
        let first = try await GatewayFixture(upstream: upstream.address)
        let second = try GatewaySite(upstream: upstream.address) {
            $0.replacing("bind: [\"127.0.0.1:0\"]\n    protocol", by: "bind: [\"\(first.address())\"]\n    protocol")
        }
        await #expect {
            _ = try await GatewayFixture(second)
        } throws: {
            "\($0)".contains("cannot listen on")
        }
        for number in 0..<8 { #expect(try await first.attempt(first.pki.pump(number)) == .served) }
        await first.gateway.stop()
    }

    @Test("A listener moves from every address to one of them, and back, at a reload: its port is its own")
    func narrowedBind() async throws {
        let upstream = try ScriptedUpstream.echo()
        let port = EphemeralPort.reserve()
        let wide = "bind: [\"0.0.0.0:\(port)\"]\n    protocol"
        let narrow = "bind: [\"127.0.0.1:\(port)\"]\n    protocol"
        let fixture = try await GatewayFixture(upstream: upstream.address) {
            $0.replacing("bind: [\"127.0.0.1:0\"]\n    protocol", by: wide)
        }
        let text = fixture.site.text
        for (number, bind) in [narrow, wide].enumerated() {
            fixture.rewriteConfiguration(text.replacing(wide, by: bind))
            _ = try fixture.gateway.reload().get()
            let outcome = try await blocking {
                try fixture.pki.client(fixture.pki.pump(number), to: Self.loopback(port)).greet()
            }
            #expect(outcome == .served, "\(bind)")
        }
        await fixture.gateway.stop()
    }

    @Test("An address that a reload takes away refuses at once, while a session that came through it lives on")
    func removedAddress() async throws {
        let upstream = try ScriptedUpstream.echo()
        let port = EphemeralPort.reserve()
        let both = "bind: [\"127.0.0.1:\(port)\", \"127.0.0.1:0\"]\n    protocol"
        let fixture = try await GatewayFixture(upstream: upstream.address) {
            $0.replacing("bind: [\"127.0.0.1:0\"]\n    protocol", by: both)
        }
        let device = try fixture.pki.client(fixture.pki.pump(), to: Self.loopback(port))
        #expect(try device.greet() == .served)
        fixture.rewriteConfiguration(fixture.site.text.replacing(both, by: "bind: [\"127.0.0.1:0\"]\n    protocol"))
        _ = try fixture.gateway.reload().get()
        let former = try Self.loopback(port)
        try await eventually { PlainClient.isRefused(by: former) }
        #expect(PlainClient.isRefused(by: former))
        #expect(try await fixture.attempt(fixture.pki.pump(1)) == .served)
        #expect(try device.greet() == .served)
        await fixture.gateway.stop()
    }

    @Test("A configuration with errors exits with 1 and names each with line and column")
    func broken() async throws {
        let site = try GatewaySite(upstream: Self.loopback(9)) {
            $0.replacing("workers: 2", by: "workerz: 2").replacing("protocol: tcp", by: "protocol: udp")
        }
        let gateway = try GatewayProcess(site)
        #expect(await gateway.child.exit(within: .seconds(10)) == .code(1))
        #expect(gateway.child.error.contains("gateway.yaml:2:1: error:"))
        #expect(gateway.child.error.contains("gateway.yaml:13:15: error:"))
    }
}
