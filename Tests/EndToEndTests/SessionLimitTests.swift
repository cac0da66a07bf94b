import DeviceRegistry
import GatewayTesting
import LabPKI
import PKITypes
import TLSOrigination
import Testing

@Suite("One identity's sessions, on two loops")
struct SessionLimitTests {
    private static let counter = "pulsegate_clone_alarms_total{finding=\"sessions\"}"

    private static func fixture(
        _ conflict: String, devices: String = "any", listener: String? = nil
    ) async throws -> GatewayFixture {
        try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address,
            configuration: { text in
                let limited = text.replacing(
                    "devices: any }", by: "devices: \(devices), sessions: { max: 1, on_conflict: \(conflict) } }")
                return listener.map { limited.addingToListener($0) } ?? limited
            })
    }

    @Test("refuse and probe-old: while the old one lives the newcomer is refused, and the old one goes on")
    func oldLives() async throws {
        for conflict in ["refuse", "probe-old"] {
            let fixture = try await Self.fixture(conflict)
            let pump = try fixture.pki.pump(1)
            let old = try fixture.client(pump)
            #expect(try old.greet() == .served)
            #expect(try await fixture.attempt(pump) == .ended(.closeNotify))
            #expect(try await fixture.attempt(fixture.pki.pump(2)) == .served)
            #expect(try old.greet() == .served)
            #expect(try await fixture.log.lines("refused", atLeast: 1).map { $0.fields["reason"] } == ["session-limit"])
            let alarm = try #require(try await fixture.log.lines("concurrent sessions of one device", atLeast: 1).first)
            #expect(alarm.fields["device"] == "urn:hospital:device:pump:1" && alarm.fields["serial"] == pump.serialText)
            #expect(alarm.fields["other_decision"] == fixture.log.lines("admitted").first?.fields["decision"])
            #expect(try await fixture.metrics()[Self.counter] == 1)
            await fixture.gateway.stop()
        }
    }

    @Test("replace-old: the newcomer comes in and the old one goes")
    func replaced() async throws {
        let fixture = try await Self.fixture("replace-old")
        let pump = try fixture.pki.pump(1)
        let old = try fixture.client(pump)
        #expect(try old.greet() == .served)
        let new = try fixture.client(pump)
        #expect(try new.greet() == .served)
        #expect(try old.receive() == .closeNotify)
        let ends = try await fixture.log.lines("session ended", atLeast: 1)
        #expect(ends.map { $0.fields["reason"] } == ["replaced-by-newer"])
        #expect(try new.greet() == .served)
        await fixture.gateway.stop()
    }

    @Test("quarantine: both go, and the registry remembers")
    func quarantined() async throws {
        let fixture = try await Self.fixture("quarantine", devices: "registered")
        let identity = DeviceIdentity(text: "urn:hospital:device:pump:1")
        let record = DeviceRecord(identity: identity, enrolledAt: UnixSeconds(1), enrolledBy: .person("test"))
        try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in try registry.enroll(record) }
        let pump = try fixture.pki.pump(1)
        let old = try fixture.client(pump)
        #expect(try old.greet() == .served)
        _ = try await fixture.attempt(pump)
        #expect(try old.receive() == .closeNotify)
        #expect(try await fixture.log.lines("refused", atLeast: 1).map { $0.fields["reason"] } == ["clone-suspected"])
        let state = try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
            try registry.record(of: identity)?.record.state
        }
        #expect(state == .quarantined)
        await fixture.gateway.stop()
    }

    @Test("A listener that observes policies lets the second one in and counts it")
    func observed() async throws {
        let fixture = try await Self.fixture("quarantine", listener: "observe: { checks: [policy], until: 2099-12-31 }")
        let pump = try fixture.pki.pump(1)
        let old = try fixture.client(pump)
        #expect(try old.greet() == .served)
        #expect(try await fixture.attempt(pump) == .served)
        #expect(try old.greet() == .served)
        let admitted = try await fixture.log.lines("admitted", atLeast: 2)
        #expect(admitted.map { $0.fields["would_refuse"] } == [nil, "session-limit"])
        #expect(try await fixture.log.lines("concurrent sessions of one device", atLeast: 1).count == 1)
        #expect(fixture.log.lines("refused").isEmpty)
        await fixture.gateway.stop()
    }

    @Test("A device with max 1 that resets and comes back at once is never refused")
    func reboots() async throws {
        let fixture = try await Self.fixture("probe-old")
        let pump = try fixture.pki.pump(1)
        for _ in 1...20 {
            let device = try fixture.client(pump)
            #expect(try device.greet() == .served)
            device.resetOnClose()
        }
        _ = try await fixture.log.lines("session ended", atLeast: 20)
        #expect(fixture.log.lines("refused").isEmpty)
        #expect(try await fixture.metrics()[Self.counter] == 0)
        await fixture.gateway.stop()
    }

    @Test("A device that was switched off, and acknowledges nothing, makes room for itself")
    func switchedOff() async throws {
        let fixture = try await Self.fixture("probe-old")
        let pump = try fixture.pki.pump(1)
        let before = try fixture.client(pump)
        #expect(try before.greet() == .served)
        try #require(before.goSilent())
        let after = try fixture.client(pump)
        #expect(try after.greet() == .served)
        #expect(try await fixture.log.lines("session ended", atLeast: 1).map { $0.fields["reason"] } == ["replaced-by-newer"])
        #expect(fixture.log.lines("refused").isEmpty)
        #expect(try await fixture.metrics()[Self.counter] == 0)
        // It lives until here: its end would have been told.
        before.resetOnClose()
        await fixture.gateway.stop()
    }
}
