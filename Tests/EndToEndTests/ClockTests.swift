import GatewayTesting
import Glibc
import LabPKI
import PKITypes
import TLSOrigination
import Testing

@Suite("A clock that goes wrong")
struct ClockTests {
    private static let day: Int64 = 86_400

    @Test(
        "a step back lets nobody new in, tells no device that it is not valid yet, and cuts nobody",
        arguments: TLSVersion.allCases)
    func stepBack(_ version: TLSVersion) async throws {
        let hands = ClockHands()
        let fixture = try await GatewayFixture(GatewaySite(upstream: ScriptedUpstream.echo().address), clock: hands.source)
        let (pump, other) = (try fixture.pki.pump(1), try fixture.pki.pump(2))
        let live = try fixture.client(pump, versions: version...version)
        #expect(try live.greet() == .served)
        hands.shift(bySeconds: -400 * Self.day)
        #expect(try await fixture.attempt(other, version) == .alert(46))
        #expect(try await fixture.log.lines("refused", atLeast: 1).map { $0.fields["reason"] } == ["clock-untrusted"])
        let ready = try await fixture.get("/readyz")
        #expect(ready.status == 503 && ready.body.contains("clock"))
        #expect(try await fixture.metrics()["pulsegate_clock_trusted"] == 0)
        #expect(try await fixture.log.lines("clock not trusted", atLeast: 1).count == 1)
        // A reload decides about everybody again, by a time that went on.
        fixture.rewriteConfiguration(fixture.site.text + "clock_skew: 4m\n")
        _ = try fixture.gateway.reload().get()
        _ = try await fixture.log.lines("snapshot applied", atLeast: 4)
        #expect(try live.greet() == .served)
        #expect(fixture.log.lines("session cut").isEmpty)
        hands.shift(bySeconds: 0)
        #expect(try await fixture.attempt(other, version) == .served)
        #expect(try await fixture.get("/readyz").status == 200)
        await fixture.gateway.stop()
    }

    @Test("a session ends at its certificate's notAfter although the clock was set back")
    func deadline() async throws {
        let hands = ClockHands()
        let fixture = try await GatewayFixture(GatewaySite(upstream: ScriptedUpstream.echo().address), clock: hands.source)
        let notAfter = LabTime.now() + 3
        let pump = try fixture.pki.issuing.issueDevice("urn:hospital:device:pump:1") {
            $0.validity = Validity(notBefore: LabTime.now() + -60, notAfter: notAfter)
        }
        let (first, end, endedAt) = try await blocking {
            let device = try fixture.client(pump)
            let first = try device.greet()
            hands.shift(bySeconds: -Self.day)
            return (first, try device.receive(), LabTime.now())
        }
        #expect(first == .served)
        #expect(end == .closeNotify)
        #expect(endedAt > notAfter && endedAt <= notAfter + 3)
        #expect(try await fixture.log.lines("session cut", atLeast: 1).map { $0.fields["reason"] } == ["expired"])
        await fixture.gateway.stop()
    }

    @Test("the mark outlives the gateway; a clock before it is not believed until it is set right")
    func restart() async throws {
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address)
        let pump = try site.pki.pump()
        try await Self.serveOnce(site, pump)
        let mark = try #require(UnixSeconds(text: try LabFile.read(site.directory.file(Self.file)).dropLast()))
        #expect(abs(mark - LabTime.now()) <= 60)
        let hands = ClockHands()
        hands.shift(bySeconds: -Self.day)
        let fixture = try await GatewayFixture(site, clock: hands.source)
        #expect(try await fixture.get("/readyz").status == 503)
        #expect(try await fixture.attempt(pump, .tls13) == .alert(46))
        hands.shift(bySeconds: 0)
        #expect(try await fixture.attempt(pump, .tls13) == .served)
        await fixture.gateway.stop()
    }

    @Test("an operator who deletes the mark confirms the clock, also of a gateway that runs")
    func confirmed() async throws {
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address)
        let pump = try site.pki.pump()
        let hands = ClockHands()
        hands.shift(bySeconds: 100)
        let fixture = try await GatewayFixture(site, clock: hands.source)
        hands.shift(bySeconds: 0)
        #expect(try await fixture.get("/readyz").status == 503)
        #expect(unlink(site.directory.file(Self.file)) == 0)
        _ = try await fixture.log.lines("clock confirmed: its high-water mark was deleted", atLeast: 1)
        #expect(try await fixture.get("/readyz").status == 200)
        #expect(try await fixture.attempt(pump, .tls13) == .served)
        await fixture.gateway.stop()
    }

    private static let file = "state/clock-high-water-mark"

    private static func serveOnce(_ site: GatewaySite, _ pump: LabCertificate) async throws {
        let fixture = try await GatewayFixture(site)
        #expect(try await fixture.attempt(pump, .tls13) == .served)
        await fixture.gateway.stop()
    }
}
