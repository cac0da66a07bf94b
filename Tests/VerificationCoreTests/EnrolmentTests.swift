import LabPKI
import PKITypes
import Testing

@testable import VerificationCore

@Suite("Certificates without an end, which manufacturers issue")
struct EnrolmentTests {
    private static func fixture(
        _ devices: AccessPolicy.Devices, endless: Bool = true, _ state: DeviceState? = .provisioned,
        _ answer: RegisteredDevice.Answer = .ask
    ) throws -> (DecisionFixture, VerifiedPath) {
        var fixture = try DecisionFixture { profile in
            guard endless else { return }
            profile.validity = Validity(notBefore: LabTime.now() + -1000, notAfter: .noEnd)
        }
        try fixture.addGoodLists()
        fixture.warnedLifetime = 1
        fixture.maximumLifetime = 825 * 86_400
        fixture.policies = [AccessPolicy(name: "all", devices: devices)]
        let path = try fixture.path()
        if let state {
            let bound = RegisteredDevice.BoundCredential(id: path.credential, key: path.leafKey, answer: answer)
            fixture.devices.set(
                RegisteredDevice(identity: DeviceIdentity(text: DecisionFixture.identity), state: state, credentials: [bound]))
        }
        return (fixture, path)
    }

    private static func reason(
        _ devices: AccessPolicy.Devices, endless: Bool = true, _ state: DeviceState? = .provisioned,
        _ answer: RegisteredDevice.Answer = .ask
    ) throws -> String {
        let (fixture, path) = try fixture(devices, endless: endless, state, answer)
        return try fixture.decide(path).reason
    }

    @Test(
        "are admitted where a policy says enrolment, and nowhere else",
        arguments: [DeviceState.provisioned, .active, .rotating])
    func policies(state: DeviceState) throws {
        #expect(try Self.reason(.enrolment, state) == "permit")
        #expect(try Self.reason(.registered, state, .admit) == "certificate-lifetime-too-long")
        #expect(try Self.reason(.any, state, .admit) == "certificate-lifetime-too-long")
    }

    @Test("only of devices that are registered, and were not sent away")
    func devices() throws {
        #expect(try Self.reason(.enrolment, nil) == "device-unknown")
        #expect(try Self.reason(.enrolment, .retired) == "device-retired")
        #expect(try Self.reason(.enrolment, .quarantined) == "device-quarantined")
    }

    @Test("a certificate with an end is judged there as under `registered`")
    func renewal() throws {
        #expect(try Self.reason(.enrolment, endless: false, .active, .admit) == "permit")
        #expect(try Self.reason(.enrolment, endless: false, .active, .ask) == "pending")
        #expect(try Self.reason(.enrolment, endless: false, nil) == "device-unknown")
        #expect(try Self.reason(.enrolment, endless: false, .active, .refuse(.credentialSuperseded)) == "credential-superseded")
    }

    @Test("one that ends, but too late, is admitted nowhere; no policy and no observation changes that")
    func tooLong() throws {
        var (fixture, path) = try Self.fixture(.enrolment, endless: false, .active, .admit)
        fixture.maximumLifetime = fixture.device.validity.lifetimeSeconds - 1
        #expect(try fixture.decide(path).reason == "certificate-lifetime-too-long")
        (fixture, path) = try Self.fixture(.registered)
        fixture.observation = Observation(checks: [.policy, .registry], until: fixture.now + 60)
        #expect(try fixture.decide(path).reason == "certificate-lifetime-too-long")
        fixture.policies = []
        #expect(try fixture.decide(path).reason == "certificate-lifetime-too-long")
    }
}
