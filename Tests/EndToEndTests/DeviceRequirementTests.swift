import DeviceRegistry
import GatewayTesting
import LabPKI
import PKITypes
import TLSOrigination
import Testing

@Suite("What policies require of devices, through the gateway")
struct DeviceRequirementTests {
    private static let operators = CommandContext(actor: .person("test"), reason: "a test", time: LabTime.now())

    private static func fixture(require: String) async throws -> GatewayFixture {
        try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address,
            configuration: { $0.replacing("devices: any", by: "devices: registered, require: \(require)") }
        )
    }

    private static let identity = DeviceIdentity(text: "urn:hospital:device:pump:1")

    private static func enroll(in fixture: GatewayFixture, posture: [String: String] = [:]) throws {
        var record = DeviceRecord(identity: identity, enrolledAt: operators.time, enrolledBy: operators.actor)
        record.posture = posture
        let enrolled = record
        try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in try registry.enroll(enrolled) }
    }

    @Test("a granted window opens, and at its end the live session ends", arguments: TLSVersion.allCases)
    func granted(_ version: TLSVersion) async throws {
        let fixture = try await Self.fixture(require: "{ between: granted }")
        try Self.enroll(in: fixture)
        let pump = try fixture.pki.pump(1)
        #expect(try await fixture.attempt(pump, version) == .alert(46))
        let window = try #require(TimeWindow(from: LabTime.now() + -5, until: LabTime.now() + 4))
        try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
            _ = try registry.perform(.grant(window), on: Self.identity, Self.operators)
        }
        let session = try fixture.client(pump, versions: version...version)
        #expect(try session.greet() == .served)
        let cut = try await fixture.log.lines("session cut", atLeast: 1, within: 15)
        #expect(cut.map { $0.fields["reason"] } == ["outside-time-window"])
        #expect(LabTime.now() > window.until)
        #expect(try session.receive() == .closeNotify)
        #expect(try await fixture.attempt(pump, version) == .alert(46))
        await fixture.gateway.stop()
    }

    @Test("hours that are over now refuse, those of the whole week admit")
    func hours() async throws {
        let week = "Mon-Sun 00:00-24:00 Europe/Berlin"
        let fixture = try await Self.fixture(require: "{ between: \"\(week)\" }")
        try Self.enroll(in: fixture)
        let device = try fixture.client(fixture.pki.pump(1))
        #expect(try device.greet() == .served)
        // A day that is neither today nor tomorrow anywhere.
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let day = days[Int((LabTime.now().rawValue / 86_400 + 3) % 7)]
        fixture.rewriteConfiguration(fixture.site.text.replacing(week, by: "\(day) 00:00-24:00"))
        _ = try fixture.gateway.reload().get()
        #expect(
            try await fixture.log.lines("session cut", atLeast: 1).map { $0.fields["reason"] } == ["outside-time-window"])
        #expect(try await fixture.attempt(fixture.pki.pump(1), .tls13) == .alert(46))
        await fixture.gateway.stop()
    }

    @Test("a manufacturer's certificate, which never ends, is good for enrolment alone, and is bound to nobody")
    func enrolment() async throws {
        let fixture = try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address, configuration: { $0.replacing("devices: any", by: "devices: enrolment") })
        let pump = try fixture.pki.issuing.issueDevice(Self.identity.text) {
            $0.validity = Validity(notBefore: LabTime.now() + -60, notAfter: .noEnd)
        }
        #expect(try await fixture.attempt(pump, .tls13) == .alert(46))
        try Self.enroll(in: fixture)
        for version in TLSVersion.allCases { #expect(try await fixture.attempt(pump, version) == .served) }
        let record = try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
            try registry.record(of: Self.identity)?.record
        }
        #expect(record?.credentials.isEmpty == true && record?.state == .provisioned)
        let session = try fixture.client(pump)
        #expect(try session.greet() == .served)
        fixture.rewriteConfiguration(fixture.site.text.replacing("devices: enrolment", by: "devices: registered"))
        _ = try fixture.gateway.reload().get()
        #expect(
            try await fixture.log.lines("session cut", atLeast: 1).map { $0.fields["reason"] } == [
                "certificate-lifetime-too-long"
            ])
        #expect(try await fixture.attempt(pump, .tls13) == .alert(46))
        await fixture.gateway.stop()
    }

    @Test("a device whose posture falls behind is cut, and comes back once it is met")
    func posture() async throws {
        let fixture = try await Self.fixture(require: "{ posture: { firmware: \">=4.2\", recalled: no } }")
        try Self.enroll(in: fixture, posture: ["firmware": "4.10", "recalled": "no"])
        let pump = try fixture.pki.pump(1)
        let device = try fixture.client(pump)
        #expect(try device.greet() == .served)
        func set(_ name: String, _ value: String) throws {
            let change = try #require(PostureChange(set: [name: value]))
            try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
                _ = try registry.perform(.amend(change), on: Self.identity, Self.operators)
            }
        }
        try set("patch", "1")
        #expect(try device.greet() == .served)
        try set("recalled", "yes")
        #expect(try await fixture.log.lines("session cut", atLeast: 1).map { $0.fields["reason"] } == ["posture-not-met"])
        #expect(try await fixture.attempt(pump, .tls13) == .alert(46))
        try set("recalled", "no")
        #expect(try await fixture.attempt(pump, .tls13) == .served)
        await fixture.gateway.stop()
    }
}
