import EventLoop
import Gateway
import GatewayTesting
import LabPKI
import Synchronization
import TLSOrigination
import Testing

@Suite("A device brings the issuer of a list while the next one is made ready")
struct LateProverTests {
    /// Runs something in the midst of a reload: when its lists were held against the issuers known then, names are resolved.
    private final class Moment: Sendable {
        private let upstream: SocketAddress
        private let body = Mutex<(@Sendable () -> Void)?>(nil)

        init(_ upstream: SocketAddress) { self.upstream = upstream }

        func next(_ body: @escaping @Sendable () -> Void) { self.body.withLock { $0 = body } }

        var resolver: NameResolver {
            NameResolver { [self] _, _ throws(NameResolution.Failure) in
                body.withLock { body in
                    defer { body = nil }
                    return body
                }?()
                return [upstream]
            }
        }
    }

    // SAFETY: the test waits for the reload that uses them, so that one thread at a time does.
    private final class Arrivals: @unchecked Sendable { var clients: [TLSClient] = [] }

    private func fixture(_ moment: Moment, workers: Int) async throws -> GatewayFixture {
        let site = try GatewaySite(upstream: #require(SocketAddress(ip: "127.0.0.1", port: 9))) {
            $0.replacing("addresses: [\"127.0.0.1:9\"]", by: "addresses: [\"platform.hospital.example:9\"]")
                .replacing("workers: 2", by: "workers: \(workers)").replacing("    intermediates: [issuing.pem]\n", by: "")
        }
        return try await GatewayFixture(site, resolver: moment.resolver)
    }

    @Test("The list is published proven: whom it names is cut as revoked, the others live on", arguments: 1...2)
    func proven(_ workers: Int) async throws {
        let upstream = try ScriptedUpstream.echo()
        let moment = Moment(upstream.address)
        let fixture = try await fixture(moment, workers: workers)
        let (good, revoked) = (try fixture.pki.pump(1), try fixture.pki.pump(2))
        let arrivals = Arrivals()
        let outcomes = Kept<Bool>()
        moment.next {
            // Until now nobody could say who signed the lists.
            for pump in [good, revoked] {
                guard let device = try? fixture.client(pump) else { continue }
                outcomes.add((try? device.greet()) == .served)
                arrivals.clients.append(device)
            }
        }
        // Everybody is decided again.
        fixture.rewriteConfiguration(fixture.site.text.replacing("name: devices", by: "name: everybody"))
        try fixture.revoke([LabRevokedEntry(revoked)])
        #expect(outcomes.values == [true, true])
        let devices = arrivals.clients
        try #require(devices.count == 2)

        #expect(try devices[1].receive() == .closeNotify)
        let cuts = try await fixture.log.lines("session cut", atLeast: 1)
        #expect(cuts.map { $0.fields["reason"] } == ["revoked"])
        #expect(try devices[0].greet() == .served)
        #expect(try await fixture.attempt(revoked) == .alert(44))
        #expect(try devices[0].greet() == .served)
        await fixture.gateway.stop()
    }
}
