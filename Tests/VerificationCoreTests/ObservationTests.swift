import CAllocationCount
import LabPKI
import PKITypes
import Testing

@testable import VerificationCore

@Suite("Listeners that only report")
struct ObservationTests {
    private var fixture: DecisionFixture

    init() throws {
        fixture = try DecisionFixture()
        try fixture.addGoodLists()
    }

    private func observing(_ checks: Set<Observation.Check>, for seconds: Int64 = 60) -> DecisionFixture {
        var fixture = fixture
        fixture.observation = Observation(checks: checks, until: fixture.now + seconds)
        return fixture
    }

    private static func network() throws -> NetworkPrefix {
        try #require(IPAddress(octets: [192, 168, 0, 0]).flatMap { NetworkPrefix(address: $0, length: 16) })
    }

    private static func device(
        _ path: VerifiedPath, _ state: DeviceState = .active, _ answer: RegisteredDevice.Answer
    ) -> RegisteredDevice {
        let bound = RegisteredDevice.BoundCredential(id: path.credential, key: path.leafKey, answer: answer)
        return RegisteredDevice(
            identity: DeviceIdentity(text: DecisionFixture.identity), state: state, credentials: [bound], answerToOthers: .ask)
    }

    @Test("what an observed check refuses is permitted, with enforcement's word, until the last second of it")
    func untilItsEnd() throws {
        var fixture = observing([.policy, .registry])
        fixture.policies = []
        let permit = try #require(try fixture.decide().permit)
        #expect(permit.observed == .noPolicy && permit.policy.isEmpty)
        #expect(permit.holdsUntil == fixture.now + 60)
        #expect(try fixture.decide(at: fixture.now + 60).permit != nil)
        #expect(try fixture.reason(at: fixture.now + 61) == "no-policy")
        #expect(try fixture.reason(at: fixture.now + 61, .liveSession) == "no-policy")
    }

    @Test("whom nothing would refuse has no deadline by it, and no word")
    func untouched() throws {
        let permit = try #require(try observing([.policy, .registry]).decide().permit)
        #expect(permit.observed == nil)
        #expect(permit.holdsUntil > fixture.now + 60)
    }

    @Test("only the checks that are named are relaxed")
    func named() throws {
        var fixture = observing([.registry])
        fixture.policies = []
        #expect(try fixture.reason() == "no-policy")
        fixture = observing([.policy])
        fixture.policies = [AccessPolicy(name: "all", devices: .registered)]
        #expect(try fixture.reason() == "device-unknown")
        // A policy that is only reported leaves the registry's word in force.
        fixture.policies = [AccessPolicy(name: "all", devices: .registered, networks: [try Self.network()])]
        #expect(try fixture.reason() == "device-unknown")
        fixture.policies = []
        #expect(try fixture.reason() == "device-unknown")
        fixture.devices.set(Self.device(try fixture.path(), .active, .admit))
        #expect(try fixture.decide().permit?.observed == .noPolicy)
    }

    @Test("the first word counts, and the registry is not asked about whom enforcement would not have asked about")
    func first() throws {
        var fixture = observing([.policy, .registry])
        fixture.policies = [AccessPolicy(name: "all", devices: .registered, networks: [try Self.network()])]
        #expect(try fixture.decide().permit?.observed == .networkNotAllowed)
        fixture.devices.set(Self.device(try fixture.path(), .active, .ask))
        #expect(try fixture.decide().permit?.observed == .networkNotAllowed)
        fixture.policies = [AccessPolicy(name: "all", devices: .registered)]
        #expect(try fixture.reason() == "pending")
    }

    @Test("the registry's word, once it has spoken, is reported too")
    func asked() throws {
        var fixture = observing([.registry])
        fixture.policies = [AccessPolicy(name: "all", devices: .registered)]
        fixture.devices.set(Self.device(try fixture.path(), .active, .ask))
        func word(_ word: RegistryWord, at seconds: Int64 = 0) throws -> Verdict {
            fixture.facts = ConnectionFacts(
                listener: DecisionFixture.listener, source: nil, tlsVersion: .tls13, registryWord: word)
            return try fixture.decide(at: fixture.now + seconds)
        }
        #expect(try word(.admitted).permit?.observed == nil)
        #expect(try word(.admitted).permit != nil)
        #expect(try word(.refused(.cloneSuspected)).permit?.observed == .cloneSuspected)
        #expect(try word(.refused(.revoked)).reason == "revoked")
        #expect(try word(.refused(.cloneSuspected), at: 61).reason == "clone-suspected")
    }

    @Test(
        "what a person or an alarm decided is not relaxed",
        arguments: [
            (DeviceState.quarantined, "device-quarantined"), (.disabled, "device-disabled"), (.retired, "device-retired"),
        ]
    )
    func sentAway(_ state: DeviceState, _ word: String) throws {
        var fixture = observing(Set(Observation.Check.allCases))
        fixture.devices.set(Self.device(try fixture.path(), state, .admit))
        #expect(try fixture.reason() == word)
    }

    @Test("path, time and revocation are not relaxed")
    func gravest() throws {
        var fixture = observing(Set(Observation.Check.allCases), for: .max / 2)
        #expect(try fixture.reason(at: fixture.device.validity.notAfter + 1) == "expired")
        #expect(try fixture.reason(at: fixture.device.validity.notBefore + -1) == "not-yet-valid")
        let path = try fixture.path()
        let revoking = try fixture.issuing.revocationList(revoking: [LabRevokedEntry(fixture.device)])
        fixture.lists[1] = try DecisionFixture.indexed(revoking)
        #expect(try fixture.decide(path).reason == "revoked")
        fixture.lists = []
        #expect(try fixture.decide(path).reason == "unrevocable")
        fixture.trustByListener[DecisionFixture.listener] = []
        #expect(try fixture.decide(path).reason == "unknown-ca")
    }

    @Test("an age that is only reported is no deadline: nothing ends then")
    func age() throws {
        var fixture = observing([.policy])
        fixture.policies = [AccessPolicy(name: "all", devices: .any, maximumCertificateAgeSeconds: 0)]
        let permit = try #require(try fixture.decide(at: fixture.now + 5).permit)
        #expect(permit.observed == .certificateTooOld && permit.holdsUntil == fixture.now + 60)
    }

    @Test("a decision that is only reported takes nothing from the allocator")
    func allocations() throws {
        var fixture = observing([.policy, .registry])
        fixture.policies = [AccessPolicy(name: "all", devices: .registered, minimumTLSVersion: .tls13)]
        for (version, reason) in [(TLSVersion.tls13, RefusalReason.deviceUnknown), (.tls12, .tlsTooOld)] {
            fixture.facts = ConnectionFacts(listener: DecisionFixture.listener, source: nil, tlsVersion: version)
            let (path, snapshot) = (try fixture.path(), fixture.snapshot())
            _ = judge(known: path, fixture.facts, snapshot, now: fixture.now)
            let before = CAllocationCount_ofThisThread()
            let judgement = judge(known: path, fixture.facts, snapshot, now: fixture.now)
            #expect(CAllocationCount_ofThisThread() == before)
            guard case .decided(_, .permit(let permit), _)? = judgement else {
                Issue.record("\(String(describing: judgement))")
                continue
            }
            #expect(permit.observed == reason)
        }
    }

    @Test("others can ask whether a listener observes a reason now")
    func question() {
        let snapshot = observing([.policy]).snapshot()
        let now = fixture.now
        #expect(snapshot.observes(.sessionLimit, on: DecisionFixture.listener, at: now + 60))
        #expect(!snapshot.observes(.sessionLimit, on: DecisionFixture.listener, at: now + 61))
        #expect(!snapshot.observes(.sessionLimit, on: "another", at: now))
        #expect(!snapshot.observes(.deviceUnknown, on: DecisionFixture.listener, at: now))
        #expect(!snapshot.observes(.deviceQuarantined, on: DecisionFixture.listener, at: now))
    }

    @Test("to begin or to end it is a change for everybody")
    func change() {
        let (without, with) = (fixture.snapshot(), observing([.policy]).snapshot())
        #expect(with.change(since: without, now: fixture.now) == .everything)
        #expect(without.change(since: with, now: fixture.now) == .everything)
        #expect(with.change(since: observing([.policy]).snapshot(), now: fixture.now) == .none)
    }
}
