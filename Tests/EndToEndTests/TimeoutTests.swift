import GatewayTesting
import PKITypes
import Testing

@Suite("Sessions end at their timeouts")
struct TimeoutTests {
    @Test("A session on which nothing is sent ends at the idle timeout; one that talks goes on")
    func idle() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address) {
            $0.addingToListener("timeouts: { idle: 1s }")
        }
        let quiet = try fixture.client(fixture.pki.pump(1))
        let talker = try fixture.client(fixture.pki.pump(2))
        #expect(try quiet.greet() == .served)
        // The talker stays below the limit between two octets, and goes on until the quiet one is gone.
        while fixture.log.lines("session ended").isEmpty {
            try #require(try talker.greet() == .served)
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(try quiet.receive() == .closeNotify)
        #expect(try talker.greet() == .served)
        let ended = fixture.log.lines("session ended")
        #expect(ended.map { $0.fields["reason"] } == ["idle-timeout"])
        #expect(ended.map { $0.fields["device"] } == ["urn:hospital:device:pump:1"])
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
            while true {
                let outcome = try device.greet()
                guard outcome == .served else { return outcome }
            }
        }
        #expect(end == .ended(.closeNotify))
        let ended = try await fixture.log.lines("session ended", atLeast: 1)
        #expect(ended.map { $0.fields["reason"] } == ["session-too-old"])
        await fixture.gateway.stop()
    }
}
