import PKITypes
import Testing

@testable import VerificationCore

@Suite("Devices of the registry in decisions")
struct RegisteredPolicyTests {
    private func verdict(
        _ devices: AccessPolicy.Devices, _ state: DeviceState?, _ answer: RegisteredDevice.Answer = .admit, at seconds: Int64 = 0
    ) throws -> String {
        var fixture = try DecisionFixture()
        try fixture.addGoodLists()
        fixture.policies = [AccessPolicy(name: "all", devices: devices)]
        let path = try fixture.path()
        if let state {
            let bound = RegisteredDevice.BoundCredential(id: path.credential, key: path.leafKey, answer: answer)
            let identity = DeviceIdentity(text: DecisionFixture.identity)
            fixture.devices.set(RegisteredDevice(identity: identity, state: state, credentials: [bound]))
        }
        return try fixture.decide(path, at: fixture.now + seconds).reason
    }

    @Test("an unknown device is refused where the registry's word is asked, and admitted where the authority's is enough")
    func unknown() throws {
        #expect(try verdict(.registered, nil) == "device-unknown")
        #expect(try verdict(.any, nil) == "permit")
    }

    @Test(
        "a device that was sent away is refused whatever the policy asks",
        arguments: [
            (DeviceState.quarantined, "device-quarantined"), (.disabled, "device-disabled"), (.retired, "device-retired"),
        ],
        [AccessPolicy.Devices.registered, .any]
    )
    func sentAway(state: (DeviceState, String), devices: AccessPolicy.Devices) throws {
        #expect(try verdict(devices, state.0) == state.1)
    }

    @Test("the registry's answer to the credential decides", arguments: [DeviceState.provisioned, .active, .rotating])
    func answers(state: DeviceState) throws {
        #expect(try verdict(.registered, state, .admit) == "permit")
        #expect(try verdict(.registered, state, .ask) == "pending")
        #expect(try verdict(.registered, state, .refuse(.credentialSuperseded)) == "credential-superseded")
        #expect(try verdict(.any, state, .refuse(.credentialSuperseded)) == "permit")
    }

    @Test("an overlap ends with its last second")
    func overlap() throws {
        let end = try DecisionFixture().now + 60
        #expect(try verdict(.registered, .active, .admitUntil(end), at: 50) == "permit")
        #expect(try verdict(.registered, .active, .admitUntil(end), at: 70) == "credential-superseded")
    }
}
