import CAllocationCount
import PKITypes
import Testing

@testable import VerificationCore

@Suite("Posture that policies require")
struct PostureTests {
    @Test(
        "versions are compared segment by segment",
        arguments: [
            (">=4.2", "4.2", true), (">=4.2", "4.10", true), (">=4.2", "4.1.9", false), (">=4.2", "4.2.0", true),
            (">=4.2.1", "4.2", false), (">=4.2", "5", true), (">4.2", "4.2.0", false), (">4.2", "4.2.1", true),
            ("<=4.2", "4.2.0", true), ("<=4.2", "4.2.1", false), ("<4.2", "4.1.99", true), ("<4.2", "4.2", false),
            ("=4.2", "4.2.0", true), ("=4.2", "04.02", true), ("=4.2", "4.20", false), ("!=4.2", "4.2.0", false),
            ("!=4.2", "4.3", true), (">= 4.2", "4.3", true), (">=99999999999999999999", "100000000000000000000", true),
            (">=100000000000000000000", "99999999999999999999", false), (">=0", "0", true), (">=0", "00", true),
            // Letters come after the bare number, and before it behind a hyphen or a tilde.
            (">=4.2", "4.2a", true), (">4.2", "4.2a", true), (">=4.2b", "4.2a", false), (">=4.2", "4.2-rc1", false),
            (">=4.2", "4.2~beta", false), (">=4.2-rc1", "4.2", true), (">=4.2-rc1", "4.2-rc2", true), (">4.1", "4.2-rc1", true),
            // No version: no order.
            (">=4.2", "v4.3", false), ("<4.2", "v4.1", false), (">=4.2", "", false), (">=4.2", "4..3", false),
            (">=4.2", "4.", false), ("=v4", "v4", true), ("=v4", "v5", false), ("!=v4", "v5", true), ("!=beta", "beta", false),
            // Plain text is the text.
            ("no", "no", true), ("no", "No", false), ("no", "", false), ("4.2", "4.2", true), ("4.2", "4.2.0", false),
        ] as [(String, String, Bool)]
    )
    func comparisons(wanted: String, found: String, isMet: Bool) throws {
        let requirement = try PostureRequirement("firmware", wanted)
        #expect(requirement.isMet(by: Posture(["firmware": found, "other": "9"])) == isMet)
    }

    @Test("missing is not met, whatever is asked", arguments: ["no", "=no", "!=no", ">=0", "<9"])
    func missing(wanted: String) throws {
        #expect(try !PostureRequirement("recalled", wanted).isMet(by: Posture(["firmware": "1"])))
    }

    @Test("what asks for nothing is no requirement")
    func unreadable() {
        for text in ["", ">=", "= ", "!="] {
            #expect(throws: PostureRequirement.Failure.noValue) { try PostureRequirement("a", text) }
        }
        for name in ["", "Firmware", "4g", "patch level"] {
            #expect(throws: PostureRequirement.Failure.badName) { try PostureRequirement(name, "1") }
        }
        for text in [">=v4", "<beta"] {
            #expect(throws: PostureRequirement.Failure.noVersion) { try PostureRequirement("a", text) }
        }
    }

    private static func fixture(
        _ posture: [String: String]?, windows: [Validity] = []
    ) throws -> (DecisionFixture, VerifiedPath) {
        var fixture = try DecisionFixture()
        try fixture.addGoodLists()
        fixture.policies = [
            AccessPolicy(
                name: "pumps", devices: .registered,
                posture: [try PostureRequirement("firmware", ">=4.2"), try PostureRequirement("recalled", "no")])
        ]
        let path = try fixture.path()
        if let posture {
            let bound = RegisteredDevice.BoundCredential(id: path.credential, key: path.leafKey, answer: .admit)
            fixture.devices.set(
                RegisteredDevice(
                    identity: DeviceIdentity(text: DecisionFixture.identity), state: .active, credentials: [bound],
                    posture: posture, windows: windows))
        }
        return (fixture, path)
    }

    @Test("a decision looks at all of it, and takes nothing from the allocator")
    func decisions() throws {
        func reason(_ posture: [String: String]?) throws -> String {
            let (fixture, path) = try Self.fixture(posture)
            return try fixture.decide(path).reason
        }
        #expect(try reason(["firmware": "4.10", "recalled": "no"]) == "permit")
        #expect(try reason(["firmware": "4.1", "recalled": "no"]) == "posture-not-met")
        #expect(try reason(["firmware": "4.10"]) == "posture-not-met")
        #expect(try reason([:]) == "posture-not-met")
        #expect(try reason(nil) == "device-unknown")
        let end = Validity(notBefore: UnixSeconds(0), notAfter: UnixSeconds(.max))
        for windows in [[], [end]] {
            var (fixture, path) = try Self.fixture(["firmware": "4.10", "recalled": "no"], windows: windows)
            let posture = fixture.policies[0].posture
            let hours = windows.isEmpty ? "00:00-24:00" : "granted"
            fixture.policies = [
                AccessPolicy(
                    name: "pumps", devices: .registered, hours: AccessHours(try WeeklyHours(hours), in: .utc), posture: posture)
            ]
            let snapshot = fixture.snapshot()
            _ = judge(known: path, fixture.facts, snapshot, now: fixture.now)
            let before = CAllocationCount_ofThisThread()
            let judgement = judge(known: path, fixture.facts, snapshot, now: fixture.now)
            #expect(CAllocationCount_ofThisThread() == before)
            guard case .decided(_, .permit, _)? = judgement else {
                Issue.record("\(String(describing: judgement))")
                continue
            }
        }
    }

    @Test("hours are the permit's deadline; a granted one ends with its last second")
    func deadlines() throws {
        let now = try DecisionFixture().now
        let window = Validity(notBefore: now + -10, notAfter: now + 1000)
        var (fixture, path) = try Self.fixture([:], windows: [window])
        fixture.policies = [
            AccessPolicy(name: "vendors", devices: .registered, hours: AccessHours(try WeeklyHours("granted"), in: .utc))
        ]
        #expect(try fixture.decide(path, at: fixture.now).permit?.holdsUntil == window.notAfter)
        #expect(try fixture.decide(path, at: window.notAfter).permit != nil)
        #expect(try fixture.decide(path, at: window.notAfter + 1, .liveSession).reason == "outside-time-window")
        // Nothing is asked, nobody is bound, outside of the hours.
        fixture.devices.set(
            RegisteredDevice(identity: DeviceIdentity(text: DecisionFixture.identity), state: .active, answerToOthers: .ask))
        #expect(try fixture.decide(path).reason == "outside-time-window")
    }

    @Test("many devices share a posture; one that nobody has any more is forgotten, and a change names its device alone")
    func shared() {
        func device(_ number: Int, _ firmware: String) -> RegisteredDevice {
            RegisteredDevice(
                identity: DeviceIdentity(text: "urn:pump:\(number)"), state: .active,
                posture: firmware.isEmpty ? [:] : ["firmware": firmware])
        }
        var index = DeviceIndex((0..<1000).map { device($0, $0 % 2 == 0 ? "4.1" : "4.2") })
        #expect(index.postureCount == 2)
        let old = index
        index.set(device(7, "4.3"))
        index.set(device(8, "4.1"))
        #expect(index.postureCount == 3)
        var changed: Set<IdentityMark> = []
        index.forEachDifference(from: old) { changed.insert($0) }
        // A detailed entry that is written anew may be named, too.
        #expect(changed.contains(IdentityMark(DeviceIdentity(text: "urn:pump:7"))) && changed.count <= 2)
        index.set(device(7, "4.2"))
        #expect(index.postureCount == 2)
        for number in 0..<1000 { index.set(device(number, "")) }
        #expect(index.postureCount == 0)
        for number in 0..<1000 { index.set(device(number, "\(number)")) }
        #expect(index.postureCount == 1000)
    }
}
