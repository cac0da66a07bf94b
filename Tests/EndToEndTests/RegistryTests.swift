import DeviceRegistry
import GatewayTesting
import LabPKI
import PKITypes
import TLSOrigination
import Testing

@Suite("Registered devices through the gateway")
struct RegistryTests {
    private static let operators = CommandContext(actor: .person("test"), reason: "a test", time: UnixSeconds(1))

    private static func site(credentials: String = "{}") throws -> GatewaySite {
        try GatewaySite(
            upstream: ScriptedUpstream.echo().address,
            configuration: { text in
                text.replacing("devices: any", with: "devices: registered") + "registry: { credentials: \(credentials) }\n"
            }
        )
    }

    private static func fixture(credentials: String = "{}") async throws -> GatewayFixture {
        try await GatewayFixture(site(credentials: credentials))
    }

    private static func identity(_ number: Int) -> DeviceIdentity { DeviceIdentity(text: "urn:hospital:device:pump:\(number)") }

    private static func enroll(_ number: Int, in fixture: GatewayFixture) throws {
        let record = DeviceRecord(identity: identity(number), enrolledAt: operators.time, enrolledBy: operators.actor)
        try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in try registry.enroll(record) }
    }

    @discardableResult
    private static func command(_ command: DeviceCommand, _ number: Int, in fixture: GatewayFixture) throws -> DeviceRecord {
        try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
            try registry.perform(command, on: identity(number), operators)
        }
    }

    @Test("an unknown device is refused, a provisioned one is bound at its first use", arguments: TLSVersion.allCases)
    func firstUse(_ version: TLSVersion) async throws {
        let fixture = try await Self.fixture()
        let pump = try fixture.pki.pump(1)
        #expect(try await fixture.attempt(pump, version) == .alert(46))
        try Self.enroll(1, in: fixture)
        #expect(try await fixture.attempt(pump, version) == .served)
        let bound = try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
            try registry.record(of: Self.identity(1))?.record
        }
        #expect(bound?.state == .active && bound?.credentials.count == 1)
        // Known now: the registry is not asked again.
        #expect(try await fixture.attempt(pump, version) == .served)
        // Another key under its name.
        #expect(try await fixture.attempt(fixture.pki.pump(1), version) == .alert(46))
        let reasons = try await fixture.log.lines("refused", atLeast: 2).map { $0.fields["reason"] }
        #expect(reasons == ["device-unknown", "credential-not-bound"])
        #expect(try await fixture.log.lines("device changed", atLeast: 1).count == 1)
        await fixture.gateway.stop()
    }

    @Test("a first use is refused where the key has to be registered before")
    func preRegistered() async throws {
        let fixture = try await Self.fixture(credentials: "{ first_use: pre-registered }")
        try Self.enroll(1, in: fixture)
        #expect(try await fixture.attempt(fixture.pki.pump(1), .tls13) == .alert(46))
        #expect(try await fixture.log.lines("refused", atLeast: 1).map { $0.fields["reason"] } == ["credential-not-bound"])
        await fixture.gateway.stop()
    }

    @Test(
        "a device that a person sends away is cut while it streams, and stays away after a restart",
        arguments: [
            (DeviceCommand.retire, "device-retired", UInt8(44)), (.disable, "device-disabled", 44),
            (.quarantine, "device-quarantined", 46),
        ],
        TLSVersion.allCases
    )
    func sentAway(_ act: (DeviceCommand, String, UInt8), _ version: TLSVersion) async throws {
        let site = try Self.site()
        let (pump, other) = (try site.pki.pump(1), try site.pki.pump(2))
        try await Self.sendAway(pump, act, other, at: site, version)
        // The first gateway is gone, with its lock.
        let again = try await GatewayFixture(site)
        #expect(try await again.attempt(pump, version) == .alert(act.2))
        #expect(try await again.attempt(other, version) == .served)
        await again.gateway.stop()
    }

    private static func sendAway(
        _ pump: LabCertificate, _ act: (DeviceCommand, String, UInt8), _ other: LabCertificate, at site: GatewaySite,
        _ version: TLSVersion
    ) async throws {
        let fixture = try await GatewayFixture(site)
        try enroll(1, in: fixture)
        try enroll(2, in: fixture)
        let (device, bystander) = (
            try fixture.client(pump, versions: version...version), try fixture.client(other, versions: version...version)
        )
        #expect(try device.greet() == .served)
        #expect(try bystander.greet() == .served)
        try command(act.0, 1, in: fixture)
        #expect(try await fixture.log.lines("session cut", atLeast: 1).map { $0.fields["reason"] } == [act.1])
        #expect(try device.receive() == .closeNotify)
        #expect(try bystander.greet() == .served)
        #expect(try await fixture.attempt(pump, version) == .alert(act.2))
        await fixture.gateway.stop()
    }

    @Test("what a list says of a credential stays in the registry; a hold is lifted by a newer list")
    func lists() async throws {
        let fixture = try await Self.fixture()
        let pumps = try (1...3).map { try fixture.pki.pump($0) }
        for number in 1...3 {
            try Self.enroll(number, in: fixture)
            #expect(try await fixture.attempt(pumps[number - 1], .tls13) == .served)
        }
        func state(_ number: Int) throws -> DeviceState? {
            try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
                try registry.record(of: Self.identity(number))?.record.state
            }
        }
        try fixture.revoke(
            [
                LabRevokedEntry(pumps[0]), LabRevokedEntry(pumps[1], reason: .keyCompromise),
                LabRevokedEntry(pumps[2], reason: .certificateHold),
            ],
            number: 2)
        _ = try await fixture.log.lines("a revocation list changes a registered credential", atLeast: 3)
        #expect(try [state(1), state(2), state(3)] == [.quarantined, .disabled, .quarantined])
        // A hold is lifted by a list of a later second than the one that said so.
        try await Task.sleep(for: .milliseconds(1100))
        try fixture.revoke([], number: 3)
        _ = try await fixture.log.lines("a revocation list changes a registered credential", atLeast: 4)
        #expect(try [state(1), state(2), state(3)] == [.quarantined, .disabled, .active])
        #expect(try await fixture.attempt(pumps[0], .tls13) == .alert(46))
        #expect(try await fixture.attempt(pumps[1], .tls13) == .alert(44))
        #expect(try await fixture.attempt(pumps[2], .tls13) == .served)
        await fixture.gateway.stop()
    }

    @Test("what another process writes into the store is seen, too")
    func anotherProcess() async throws {
        let fixture = try await Self.fixture()
        try Self.enroll(1, in: fixture)
        let device = try fixture.client(fixture.pki.pump(1))
        #expect(try device.greet() == .served)
        let store = try SQLiteDeviceStore(path: fixture.gateway.registryPath)
        _ = try Registry(store).perform(.retire, on: Self.identity(1), Self.operators)
        #expect(try await fixture.log.lines("session cut", atLeast: 1).map { $0.fields["reason"] } == ["device-retired"])
        await fixture.gateway.stop()
    }

    @Test("a key of another device is refused, and only once it is proved")
    func keyOfAnother() async throws {
        let fixture = try await Self.fixture()
        try Self.enroll(1, in: fixture)
        try Self.enroll(2, in: fixture)
        let pump = try fixture.pki.pump(1)
        #expect(try await fixture.attempt(pump, .tls13) == .served)
        let profile = LabCertificateProfile.device(.commonName("2"), names: [.uri("urn:hospital:device:pump:2")])
        let copy = try fixture.pki.issuing.issue(profile, key: pump.key)
        #expect(try await fixture.attempt(copy, .tls13) == .ended(.closeNotify))
        #expect(try await fixture.log.lines("refused", atLeast: 1).map { $0.fields["reason"] } == ["clone-suspected"])
        #expect(
            try await fixture.log.lines("credential finding", atLeast: 1).map { $0.fields["finding"] } == [
                "key-under-two-identities"
            ])
        await fixture.gateway.stop()
    }
}
