import EventLoop
import GatewayTesting
import Glibc
import LabPKI
import PKITypes
import TLSOrigination
import Testing

@Suite("Live sessions are decided again at each reload", .serialized)
struct LiveSessionTests {
    /// The promise: from the publication of a snapshot to the end of what it refuses.
    private static let cutMilliseconds = 50.0

    @Test(
        "A device that is revoked while it streams is cut within 50 ms, the others are untouched", arguments: TLSVersion.allCases)
    func revoked(_ version: TLSVersion) async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let other = try fixture.client(fixture.pki.pump(100), versions: version...version)
        #expect(try other.greet() == .served)
        var fastest = Double.infinity
        var entries: [LabRevokedEntry] = []
        // A busy machine may be late once; the gateway may not be late each time.
        for attempt in 1...3 where fastest > Self.cutMilliseconds {
            let pump = try fixture.pki.pump(attempt)
            entries.append(LabRevokedEntry(pump))
            let streaming = Kept<UInt64>()
            async let end = blocking { () -> (TLSClient.Received, UInt64) in
                let device = try fixture.client(pump, versions: version...version)
                let deadline = ContinuousClock.now + .seconds(10)
                var received = TLSClient.Received.octets([])
                while case .octets = received, ContinuousClock.now < deadline {
                    try device.send([UInt8](repeating: 7, count: 100))
                    received = try device.receive()
                    streaming.add(0)
                }
                return (received, MonotonicClock.nanoseconds())
            }
            #expect(try await streaming.values(atLeast: 10).count >= 10)
            try fixture.revoke(entries, number: UInt64(attempt + 1))
            let published = MonotonicClock.nanoseconds()
            let (received, ended) = try await end
            try #require(received == .closeNotify)
            let seen = ended > published ? Double(ended - published) / 1e6 : 0
            let cuts = try await fixture.log.lines("session cut", atLeast: attempt)
            #expect(cuts.map { $0.fields["reason"] } == [String](repeating: "revoked", count: attempt))
            #expect(cuts.last?.fields["serial"] == pump.serialText)
            let applied = fixture.log.lines("snapshot applied").filter { $0.fields["cut"] == "1" }
            let milliseconds = applied.compactMap { $0.fields["milliseconds"].flatMap { Double($0) } }
            #expect(milliseconds.count == attempt)
            fastest = min(fastest, max(seen, milliseconds.last ?? .infinity))
            #expect(try await fixture.attempt(pump, version) == .alert(44))
        }
        #expect(fastest <= Self.cutMilliseconds)
        #expect(try other.greet() == .served)
        #expect(try await fixture.metrics()["pulsegate_enforcement_seconds_count"] ?? 0 >= 1)
        await fixture.gateway.stop()
    }

    @Test("A device that does not even read is cut, and its upstream reads RST")
    func revokedWhileBlocked() async throws {
        let ends = Kept<Bool>()
        let upstream = try ScriptedUpstream { peer in ends.add(peer.send(pattern: 256 << 20)) }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let pump = try fixture.pki.pump()
        let device = try fixture.client(pump)
        _ = try await fixture.log.lines("admitted", atLeast: 1)
        try fixture.revoke([LabRevokedEntry(pump)])
        #expect(try await ends.values(atLeast: 1) == [false])
        let ended = try await fixture.log.lines("session ended", atLeast: 1)
        #expect(ended.map { $0.fields["reason"] } == ["revoked"])
        withExtendedLifetime(device) {}
        await fixture.gateway.stop()
    }

    @Test("A revoked intermediate cuts all its devices")
    func revokedIntermediate() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let devices = try (1...3).map { try fixture.client(fixture.pki.pump($0)) }
        for device in devices { #expect(try device.greet() == .served) }
        try fixture.pki.root.revocationList(revoking: [LabRevokedEntry(fixture.pki.issuing.certificate)], number: 2)
            .write(to: fixture.directory.file("root.crl"))
        _ = try fixture.gateway.reload().get()
        for device in devices { #expect(try device.receive() == .closeNotify) }
        let cuts = try await fixture.log.lines("session cut", atLeast: 3)
        #expect(cuts.map { $0.fields["reason"] } == ["revoked", "revoked", "revoked"])
        #expect(cuts.map { $0.fields["depth"] } == ["1", "1", "1"])
        await fixture.gateway.stop()
    }

    @Test("An edited policy cuts the devices that it no longer permits, and no others")
    func editedPolicy() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let pump = try fixture.client(fixture.pki.pump())
        let monitor = try fixture.client(fixture.pki.issuing.issueDevice("urn:hospital:device:monitor:1"))
        for device in [pump, monitor] { #expect(try device.greet() == .served) }
        fixture.rewriteConfiguration(
            fixture.site.text.replacing(
                "when: { identity: \"urn:hospital:device:**\" }", by: "when: { identity: \"urn:hospital:device:pump:*\" }")
        )
        _ = try fixture.gateway.reload().get()
        #expect(try monitor.receive() == .closeNotify)
        #expect(try pump.greet() == .served)
        let cuts = try await fixture.log.lines("session cut", atLeast: 1)
        #expect(cuts.map { $0.fields["device"] } == ["urn:hospital:device:monitor:1"])
        #expect(cuts.map { $0.fields["reason"] } == ["no-policy"])
        await fixture.gateway.stop()
    }

    @Test("A trust anchor that is taken away takes its devices' sessions along")
    func removedAnchor() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let device = try fixture.client(fixture.pki.pump())
        #expect(try device.greet() == .served)
        try DevicePKI().writeAuthorities(to: fixture.directory)
        _ = try fixture.gateway.reload().get()
        #expect(try device.receive() == .closeNotify)
        let cuts = try await fixture.log.lines("session cut", atLeast: 1)
        #expect(cuts.map { $0.fields["reason"] } == ["unknown-ca"])
        await fixture.gateway.stop()
    }

    @Test("T27: a reload that changes nothing cuts nobody and opens nothing")
    func nothingChanged() async throws {
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address)
        let gateway = try GatewayProcess(site)
        let address = try await gateway.address()
        let devices = try (1...4).map { try site.pki.client(site.pki.pump($0), to: address) }
        for device in devices { #expect(try device.greet() == .served) }
        // What is kept of the lists for the next start is written beside everything else.
        try await eventually { access(site.directory.file("state/revocation/marks"), F_OK) == 0 }
        let descriptors = gateway.descriptorCount
        for round in 2...6 {
            gateway.child.signal(SIGHUP)
            #expect(await gateway.logLines("snapshot published", atLeast: round).count == round)
        }
        for device in devices { #expect(try device.greet() == .served) }
        try await eventually { gateway.descriptorCount <= descriptors }
        #expect(gateway.descriptorCount <= descriptors)
        #expect(gateway.logLines("session cut").isEmpty)
        #expect(try await gateway.address() == address)
        #expect(gateway.logLines("snapshot published").map { $0["generation"] } == ["1", "2", "3", "4", "5", "6"])
    }
}
