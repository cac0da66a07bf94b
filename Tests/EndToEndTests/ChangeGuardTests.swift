import DeviceRegistry
import Gateway
import GatewayTesting
import LabPKI
import PKITypes
import TLSOrigination
import Testing

@Suite("The change guard holds what would do too much")
struct ChangeGuardTests {
    private static let operators = CommandContext(actor: .person("test"), reason: "a test", time: UnixSeconds(1))

    private static func fixture(_ changeGuard: String, devices: String = "any") async throws -> GatewayFixture {
        try await GatewayFixture(
            GatewaySite(upstream: ScriptedUpstream.echo().address) {
                $0.replacing("devices: any", with: "devices: \(devices)") + "change_guard: { \(changeGuard) }\n"
            })
    }

    private static func publish(_ pumps: [LabCertificate], number: UInt64, in fixture: GatewayFixture) throws {
        try fixture.pki.issuing.revocationList(revoking: pumps.map { LabRevokedEntry($0) }, number: number)
            .write(to: fixture.directory.file("issuing.crl"))
    }

    @Test("a list that would cut too many sessions is held, and made when a person confirms it", arguments: TLSVersion.allCases)
    func sessions(_ version: TLSVersion) async throws {
        let fixture = try await Self.fixture("max_sessions_cut: 2")
        let pumps = try (0..<4).map { try fixture.pki.pump($0) }
        let devices = try pumps.map { try fixture.client($0, versions: version...version) }
        for device in devices { #expect(try device.greet() == .served) }
        try Self.publish(Array(pumps[...2]), number: 2, in: fixture)
        guard case .failure(.held(let held)) = fixture.gateway.reload() else {
            Issue.record("not held")
            return
        }
        #expect(held.sessions.ending == 3 && held.sessions.all == 4)
        for device in devices { #expect(try device.greet() == .served) }
        #expect(try await fixture.attempt(pumps[0], version) == .served)
        let metrics = try await fixture.metrics()
        #expect(metrics["pulsegate_change_held"] == 1 && metrics["pulsegate_changes_held_total"] == 1)
        let ready = try await fixture.get("/readyz")
        #expect(ready.status == 200 && ready.body.contains("held: it would end 3 of 4 live sessions"))
        #expect(fixture.log.lines("change held, the old state serves on").count == 1)
        guard case .applied = fixture.gateway.confirmHeldChange() else {
            Issue.record("not applied")
            return
        }
        for device in devices[...2] { #expect(try device.receive() == .closeNotify) }
        #expect(try devices[3].greet() == .served)
        #expect(try await fixture.attempt(pumps[0], version) == .alert(44))
        #expect(try await fixture.metrics()["pulsegate_change_held"] == 0)
        if case .nothingHeld = fixture.gateway.confirmHeldChange() {} else { Issue.record("held still") }
        await fixture.gateway.stop()
    }

    @Test("as many as are allowed are cut at once")
    func allowed() async throws {
        let fixture = try await Self.fixture("max_sessions_cut: 2")
        let pumps = try (0..<4).map { try fixture.pki.pump($0) }
        let devices = try pumps.map { try fixture.client($0) }
        for device in devices { #expect(try device.greet() == .served) }
        try Self.publish(Array(pumps[...1]), number: 2, in: fixture)
        _ = try fixture.gateway.reload().get()
        for device in devices[...1] { #expect(try device.receive() == .closeNotify) }
        await fixture.gateway.stop()
    }

    @Test("a word for one change is none for another")
    func another() async throws {
        let fixture = try await Self.fixture("max_sessions_cut: 1")
        let pumps = try (0..<4).map { try fixture.pki.pump($0) }
        let devices = try pumps.map { try fixture.client($0) }
        for device in devices { #expect(try device.greet() == .served) }
        try Self.publish(Array(pumps[...1]), number: 2, in: fixture)
        #expect(throws: GatewayFailure.self) { try fixture.gateway.reload().get() }
        try Self.publish(Array(pumps[...2]), number: 3, in: fixture)
        guard case .heldAnother(let held) = fixture.gateway.confirmHeldChange() else {
            Issue.record("confirmed what nobody saw")
            return
        }
        #expect(held.sessions.ending == 3)
        for device in devices { #expect(try device.greet() == .served) }
        // Put back, nothing is held any more.
        try Self.publish([], number: 4, in: fixture)
        _ = try fixture.gateway.reload().get()
        #expect(fixture.gateway.heldChange == nil)
        await fixture.gateway.stop()
    }

    @Test("registered devices count without a session; who retires them by name is not asked")
    func devices() async throws {
        let fixture = try await Self.fixture("max_sessions_cut: none, max_devices_refused: 1", devices: "registered")
        let pumps = try (0..<3).map { try fixture.pki.pump($0) }
        let identities = (0..<3).map { DeviceIdentity(text: "urn:hospital:device:pump:\($0)") }
        for (pump, identity) in zip(pumps, identities) {
            let record = DeviceRecord(identity: identity, enrolledAt: UnixSeconds(1), enrolledBy: .person("test"))
            try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in try registry.enroll(record) }
            #expect(try await fixture.attempt(pump, .tls13) == .served)
        }
        try Self.publish(Array(pumps[...1]), number: 2, in: fixture)
        guard case .failure(.held(let held)) = fixture.gateway.reload() else {
            Issue.record("not held")
            return
        }
        #expect(held.devicesRefused == 2 && held.devices == 3)
        #expect(try await fixture.attempt(pumps[0], .tls13) == .served)
        for identity in identities {
            _ = try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
                try registry.perform(.retire, on: identity, Self.operators)
            }
        }
        for pump in pumps { #expect(try await fixture.attempt(pump, .tls13) == .alert(44)) }
        await fixture.gateway.stop()
    }
}
