import CAllocationCount
import LabPKI
import PKITypes
import SignatureChecking
import Testing
import VerificationCore

@Suite("What a decision on a known path takes from the allocator")
struct AllocationTests {
    /// Requests for memory of one judgement, once the first has built what is built lazily.
    private static func requests(_ fixture: DecisionFixture) throws -> (Judgement?, UInt) {
        let (path, snapshot) = (try fixture.path(), fixture.snapshot())
        _ = judge(known: path, fixture.facts, snapshot, now: fixture.now)
        let before = CAllocationCount_ofThisThread()
        let judgement = judge(known: path, fixture.facts, snapshot, now: fixture.now)
        return (judgement, CAllocationCount_ofThisThread() - before)
    }

    @Test("The count counts: an array of unknown length is a request")
    func canary() {
        let before = CAllocationCount_ofThisThread()
        let array = [UInt8](repeating: 1, count: Int.random(in: 100...200))
        #expect(CAllocationCount_ofThisThread() > before && array.count >= 100)
    }

    @Test("Nothing: permitted by the last of a thousand policies, two lists of 1,000 entries")
    func permitted() throws {
        var fixture = try DecisionFixture()
        let profile = LabRevocationListProfile(thisUpdate: fixture.now, nextUpdate: fixture.now + 86_400)
        fixture.lists = try [fixture.root, fixture.issuing].map {
            try DecisionFixture.indexed($0.revocationList(ofMany: 1000, profile))
        }
        fixture.vouchesFor = [try IdentityPattern("urn:hospital:device:**")]
        fixture.policies = try (1..<1000).map {
            AccessPolicy(name: "never-\($0)", devices: .any, identity: try IdentityPattern("urn:hospital:device:class-\($0):*"))
        }
        fixture.policies.append(
            AccessPolicy(name: "pumps", devices: .any, identity: try IdentityPattern("urn:hospital:device:pump:{serial}")))
        let (judgement, requests) = try Self.requests(fixture)
        guard case .decided(_, .permit(let permit), _) = judgement else {
            Issue.record("\(String(describing: judgement))")
            return
        }
        #expect(permit.policy == "pumps")
        #expect(requests == 0)
    }

    @Test("Nothing: revoked")
    func revoked() throws {
        var fixture = try DecisionFixture()
        fixture.lists = try [
            DecisionFixture.indexed(fixture.root.revocationList()),
            DecisionFixture.indexed(fixture.issuing.revocationList(revoking: [LabRevokedEntry(fixture.device)])),
        ]
        let (judgement, requests) = try Self.requests(fixture)
        guard case .decided(_, .refuse(let refusal), _) = judgement else {
            Issue.record("\(String(describing: judgement))")
            return
        }
        #expect(refusal.reason == .revoked)
        #expect(requests == 0)
    }

    @Test("Nothing: permitted while the list of a CA that no device has come from waits for its signer")
    func parkedElsewhere() throws {
        var fixture = try DecisionFixture()
        try fixture.addGoodLists()
        let absent = try fixture.root.issueIntermediate("Absent")
        fixture.lists.append(try DecisionFixture.indexed(absent.revocationList(), .parked))
        let (judgement, requests) = try Self.requests(fixture)
        guard case .decided(_, .permit, _) = judgement else {
            Issue.record("\(String(describing: judgement))")
            return
        }
        #expect(requests == 0)
    }
}
