import Dispatch
import EventLoop
import Gateway
import GatewayTesting
import LabPKI
import Synchronization
import Testing

@Suite("A new revocation list does not depend on a name server")
struct ResolverTests {
    /// A name server that can be switched off.
    private final class NameServer: Sendable {
        private let answer: SocketAddress
        private let isUp = Atomic<Bool>(true)

        init(_ answer: SocketAddress) { self.answer = answer }

        func turnOff() { isUp.store(false, ordering: .releasing) }

        var resolver: NameResolver {
            NameResolver { [self] host, _ throws(NameResolution.Failure) in
                guard isUp.load(ordering: .acquiring) else { throw .init(host: host, reason: "nobody answers") }
                return [answer]
            }
        }
    }

    private static let name = "pacs.hospital.example:104"

    private static func fixture(_ server: NameServer) async throws -> GatewayFixture {
        let site = try GatewaySite(upstream: #require(SocketAddress(ip: "127.0.0.1", port: 9))) {
            $0.replacing("addresses: [\"127.0.0.1:9\"]", by: "addresses: [\"\(name)\"]")
        }
        return try await GatewayFixture(site, resolver: server.resolver)
    }

    @Test("The name server is gone at a reload: the list takes effect, the upstream keeps its addresses, a warning says so")
    func keptAddresses() async throws {
        let upstream = try ScriptedUpstream.echo()
        let server = NameServer(upstream.address)
        let fixture = try await Self.fixture(server)
        let pump = try fixture.pki.pump(1)
        let device = try fixture.client(pump)
        #expect(try device.greet() == .served)
        #expect(fixture.log.lines("upstream name not resolved, its last addresses stay").isEmpty)

        server.turnOff()
        try fixture.revoke([LabRevokedEntry(pump)])
        #expect(try device.receive() == .closeNotify)
        #expect(try await fixture.attempt(pump) == .alert(44))
        #expect(try await fixture.attempt(fixture.pki.pump(2)) == .served)
        let warnings = fixture.log.lines("upstream name not resolved, its last addresses stay")
        #expect(warnings.map { $0.fields["host"] } == ["pacs.hospital.example"])
        #expect(warnings.map { $0.fields["cause"] } == ["nobody answers"])
        #expect(warnings.map(\.level) == [.warning])

        // And once more: what was kept is kept again.
        _ = try fixture.gateway.reload().get()
        #expect(try await fixture.attempt(fixture.pki.pump(2)) == .served)
        await fixture.gateway.stop()
    }

    @Test("A reload that waits for a name server delays no drain, and requests that come meanwhile are one reload")
    func slowResolver() async throws {
        let upstream = try ScriptedUpstream.echo()
        let asked = Atomic<Int>(0)
        let answers = DispatchSemaphore(value: 0)
        answers.signal()
        let site = try GatewaySite(upstream: #require(SocketAddress(ip: "127.0.0.1", port: 9))) {
            $0.replacing("addresses: [\"127.0.0.1:9\"]", by: "addresses: [\"\(Self.name)\"]")
        }
        let resolver = NameResolver { _, _ throws(NameResolution.Failure) in
            asked.add(1, ordering: .acquiringAndReleasing)
            answers.wait()
            return [upstream.address]
        }
        let fixture = try await GatewayFixture(site, resolver: resolver)
        let gateway = fixture.gateway
        gateway.requestReload()
        try await eventually { asked.load(ordering: .acquiring) == 2 }
        for _ in 0..<10 { gateway.requestReload() }
        answers.signal()
        try await eventually { asked.load(ordering: .acquiring) == 3 }
        #expect(fixture.log.lines("snapshot published").count == 2)
        try await blocking { gateway.drain() }
        answers.signal()
        // Taken after the drain began: it opens and changes nothing but the decisions.
        #expect(try await fixture.log.lines("snapshot published", atLeast: 3).count == 3)
        #expect(fixture.log.lines("listening").count == 2)
        #expect(asked.load(ordering: .acquiring) == 3)
        await gateway.stop()
    }

    @Test("A name that never was resolved is an error, at a reload and at a start")
    func unknownName() async throws {
        let upstream = try ScriptedUpstream.echo()
        let server = NameServer(upstream.address)
        let fixture = try await Self.fixture(server)
        server.turnOff()
        fixture.rewriteConfiguration(fixture.site.text.replacing(Self.name, by: "archive.hospital.example:104"))
        #expect {
            try fixture.gateway.reload().get()
        } throws: {
            "\($0)".contains("archive.hospital.example: nobody answers")
        }
        #expect(try await fixture.attempt(fixture.pki.pump()) == .served)
        await fixture.gateway.stop()
        await #expect {
            _ = try await Self.fixture(server)
        } throws: {
            "\($0)".contains("pacs.hospital.example: nobody answers")
        }
    }
}
