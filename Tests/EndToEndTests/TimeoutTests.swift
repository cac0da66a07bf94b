import GatewayTesting
import Glibc
import PKITypes
import TLSOrigination
import Testing

@Suite("Sessions end at their timeouts")
struct TimeoutTests {
    @Test("A session on which nothing is sent ends at the idle timeout; one that talks goes on")
    func idle() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address) {
            $0.addingToListener("timeouts: { idle: 2s }")
        }
        let pumps = try (1...2).map { try fixture.pki.pump($0) }
        let (quietEnd, talkerOutcome) = try await blocking { () -> (TLSClient.Received?, DeviceOutcome?) in
            let talker = try fixture.client(pumps[1])
            let quiet = try fixture.client(pumps[0])
            guard try quiet.greet() == .served else { return (nil, nil) }
            // The talker stays below the limit between two octets, and goes on until the quiet one is gone.
            let deadline = ContinuousClock.now + .seconds(10)
            while fixture.log.lines("session ended").isEmpty, ContinuousClock.now < deadline {
                guard try talker.greet() == .served else { return (nil, nil) }
                usleep(50_000)
            }
            return (try quiet.receive(), try talker.greet())
        }
        #expect(quietEnd == .closeNotify)
        #expect(talkerOutcome == .served)
        let first = fixture.log.lines("session ended").first
        #expect(first?.fields["reason"] == "idle-timeout")
        #expect(first?.fields["device"] == "urn:hospital:device:pump:1")
        await fixture.gateway.stop()
    }

    @Test("A session that never rests ends at the session timeout")
    func session() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address) {
            $0.addingToListener("timeouts: { session: 1s }")
        }
        let pump = try fixture.pki.pump()
        let end = try await blocking {
            let device = try fixture.client(pump)
            let deadline = ContinuousClock.now + .seconds(10)
            var outcome = DeviceOutcome.served
            while outcome == .served, ContinuousClock.now < deadline { outcome = try device.greet() }
            return outcome
        }
        #expect(end == .ended(.closeNotify))
        let ended = try await fixture.log.lines("session ended", atLeast: 1)
        #expect(ended.map { $0.fields["reason"] } == ["session-too-old"])
        await fixture.gateway.stop()
    }
}
