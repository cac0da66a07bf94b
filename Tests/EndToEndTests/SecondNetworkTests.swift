import DeviceRegistry
import EventLoop
import GatewayTesting
import PKITypes
import TLSOrigination
import Testing

/// All of 127.0.0.0/8 is this machine: a device can come from whichever network it likes.
@Suite("One certificate from two networks, on two loops, without any session limit")
struct SecondNetworkTests {
    private static let alarm = "one certificate in two networks"
    private static let counter = "pulsegate_clone_alarms_total{finding=\"networks\"}"

    private static func fixture(_ policy: String = "devices: any", listener: String? = nil) async throws -> GatewayFixture {
        try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address,
            configuration: { text in
                let edited = text.replacing("devices: any }", by: "\(policy) }")
                return listener.map { edited.addingToListener($0) } ?? edited
            })
    }

    private static func from(_ ip: String) throws -> SocketAddress { try #require(SocketAddress(ip: ip, port: 0)) }

    @Test("The second side is served, and one alarm tells of both; a third within the minute is counted and not told")
    func alarms() async throws {
        let fixture = try await Self.fixture()
        let pump = try fixture.pki.pump(1)
        let old = try fixture.client(pump, from: Self.from("127.0.0.1"))
        #expect(try old.greet() == .served)
        // Of two loops' events that come within milliseconds either may be told first.
        _ = try await fixture.log.lines("admitted", atLeast: 1)
        let copy = try fixture.client(pump, from: Self.from("127.0.9.1"))
        #expect(try copy.greet() == .served)
        // Another device there is nobody's concern.
        #expect(try fixture.client(fixture.pki.pump(2), from: Self.from("127.0.9.1")).greet() == .served)
        let alarm = try #require(try await fixture.log.lines(Self.alarm, atLeast: 1).first)
        #expect(alarm.level == .warning)
        #expect(alarm.fields["device"] == "urn:hospital:device:pump:1")
        let sources = [alarm.fields["source"], alarm.fields["other_source"]]
        #expect(sources == [copy.localAddress.map { "\($0)" }, old.localAddress.map { "\($0)" }])
        #expect(alarm.fields["serial"] == pump.serialText && alarm.fields["other_serial"] == pump.serialText)
        let decisions = fixture.log.lines("admitted").map { $0.fields["decision"] }
        #expect([alarm.fields["other_decision"], alarm.fields["decision"]] == [decisions[0], decisions[1]])
        #expect(try fixture.client(pump, from: Self.from("127.0.77.1")).greet() == .served)
        try await eventually { fixture.log.lines("admitted").count == 4 }
        _ = try await fixture.log.lines("session ended", atLeast: 2)
        #expect(try await fixture.metrics()[Self.counter] == 2)
        #expect(fixture.log.lines(Self.alarm).count == 1)
        #expect(try await fixture.metrics()["pulsegate_clone_alarms_total{finding=\"sessions\"}"] == 0)
        await fixture.gateway.stop()
    }

    @Test("A device that has just left its network is one that has not, and who only failed to prove its key was never there")
    func justLeft() async throws {
        let fixture = try await Self.fixture()
        let pump = try fixture.pki.pump(1)
        let stranger = try DevicePKI().pump(1)
        _ = try? fixture.client(stranger, from: Self.from("127.0.9.1")).greet()
        _ = try await fixture.log.lines("refused", atLeast: 1)
        do {
            let device = try fixture.client(pump, from: Self.from("127.0.0.1"))
            #expect(try device.greet() == .served)
        }
        _ = try await fixture.log.lines("session ended", atLeast: 1)
        #expect(fixture.log.lines(Self.alarm).isEmpty)
        #expect(try fixture.client(pump, from: Self.from("127.0.9.1")).greet() == .served)
        let alarm = try #require(try await fixture.log.lines(Self.alarm, atLeast: 1).first)
        #expect(alarm.fields["other_until"]?.isEmpty == false)
        await fixture.gateway.stop()
    }

    @Test("quarantine: both sides go, and the registry remembers; not where a listener only reports")
    func quarantined() async throws {
        for isReported in [false, true] {
            let fixture = try await Self.fixture(
                "devices: registered, second_network: quarantine",
                listener: isReported ? "observe: { checks: [policy], until: 2099-12-31 }" : nil)
            let identity = DeviceIdentity(text: "urn:hospital:device:pump:1")
            let record = DeviceRecord(identity: identity, enrolledAt: UnixSeconds(1), enrolledBy: .person("test"))
            try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in try registry.enroll(record) }
            let pump = try fixture.pki.pump(1)
            let old = try fixture.client(pump, from: Self.from("127.0.0.1"))
            #expect(try old.greet() == .served)
            let copy = try fixture.client(pump, from: Self.from("127.0.9.1"))
            _ = try await fixture.log.lines(Self.alarm, atLeast: 1)
            if isReported {
                #expect(try old.greet() == .served)
                #expect(try copy.greet() == .served)
            } else {
                #expect(try old.receive() == .closeNotify)
                #expect(try copy.receive() == .closeNotify)
                let reasons = try await fixture.log.lines("session cut", atLeast: 2).map { $0.fields["reason"] }
                #expect(reasons == ["device-quarantined", "device-quarantined"])
            }
            let state = try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
                try registry.record(of: identity)?.record.state
            }
            #expect(state == (isReported ? .active : .quarantined))
            #expect(fixture.log.lines(Self.alarm).count == 1)
            await fixture.gateway.stop()
        }
    }

    @Test("ignore: who roams is nobody's concern")
    func ignored() async throws {
        let fixture = try await Self.fixture("devices: any, second_network: ignore")
        let pump = try fixture.pki.pump(1)
        let old = try fixture.client(pump, from: Self.from("127.0.0.1"))
        #expect(try old.greet() == .served)
        #expect(try fixture.client(pump, from: Self.from("127.0.9.1")).greet() == .served)
        _ = try await fixture.log.lines("session ended", atLeast: 1)
        #expect(fixture.log.lines(Self.alarm).isEmpty)
        #expect(try await fixture.metrics()[Self.counter] == 0)
        await fixture.gateway.stop()
    }
}
