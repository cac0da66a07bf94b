import LabPKI
import PKITypes
import Testing
import VerificationCore

@Suite("Revocation in the decision")
struct RevocationDecisionTests {
    let fixture: DecisionFixture

    init() throws { fixture = try DecisionFixture() }

    /// What the issuing authority's list is like; the root's is always good.
    enum ListState: CaseIterable {
        case good, revoked, staleRevoked, stale, staleBeyondGrace, absent, parked, early, delta
    }

    private static let graceSeconds: Int64 = 600

    private func lists(_ state: ListState) throws -> [IndexedList] {
        let now = fixture.now
        let entry = [LabRevokedEntry(fixture.device)]
        let root = try DecisionFixture.indexed(fixture.root.revocationList())
        func indexed(
            revoking: [LabRevokedEntry] = [], thisUpdate: Int64 = -7200, nextUpdate: Int64 = 3600, delta: UInt64? = nil,
            _ proof: DecisionFixture.Proof = .proven
        ) throws -> [IndexedList] {
            let list = try fixture.issuing.revocationList(
                revoking: revoking, thisUpdate: now + thisUpdate, nextUpdate: now + nextUpdate
            ) {
                $0.deltaBase = delta
            }
            return [root, try DecisionFixture.indexed(list, proof)]
        }
        return switch state {
        case .good: try indexed()
        case .revoked: try indexed(revoking: entry)
        case .staleRevoked: try indexed(revoking: entry, nextUpdate: -Self.graceSeconds - 1)
        case .stale: try indexed(nextUpdate: -Self.graceSeconds)
        case .staleBeyondGrace: try indexed(nextUpdate: -Self.graceSeconds - 1)
        case .absent: [root]
        case .parked: try indexed(.parked)
        case .early: try indexed(thisUpdate: 1)
        case .delta: try indexed(delta: 1)
        }
    }

    @Test("status × unknown × stale.admit × live_sessions × moment", arguments: ListState.allCases, UnknownStatusPolicy.allCases)
    func matrix(state: ListState, unknown: UnknownStatusPolicy) throws {
        for admit in StaleListPolicy.Admit.allCases {
            for live in StaleListPolicy.LiveSessions.allCases {
                for moment in [DecisionMoment.admission, .liveSession] {
                    var fixture = fixture
                    fixture.lists = try lists(state)
                    let stale = StaleListPolicy(
                        admit: admit, liveSessions: live, graceSeconds: Self.graceSeconds, warnBeforeSeconds: 0
                    )
                    fixture.revocation = RevocationPolicy(unknownStatus: unknown, stale: stale)
                    let keeps = moment == .liveSession && live == .keep
                    let expected =
                        switch state {
                        case .good: "permit"
                        case .revoked, .staleRevoked: "revoked"
                        case .stale: admit == .all || keeps ? "permit" : "revocation-stale"
                        case .staleBeyondGrace: keeps ? "permit" : "revocation-stale"
                        case .absent: unknown == .admit ? "permit" : "unrevocable"
                        case .parked, .early, .delta: unknown == .admit ? "permit" : "revocation-unknown"
                        }
                    #expect(try fixture.reason(moment) == expected, "\(state) \(unknown) \(admit) \(live) \(moment)")
                }
            }
        }
    }

    @Test("a permit that leans on a missing or stale list says so")
    func warnings() throws {
        var fixture = fixture
        fixture.revocation.unknownStatus = .admit
        fixture.lists = try lists(.absent)
        #expect(try fixture.decide().permit?.warnings == .unknownStatus)
        fixture.lists = try lists(.stale)
        fixture.revocation.stale = StaleListPolicy(admit: .all, liveSessions: .close, graceSeconds: 600, warnBeforeSeconds: 0)
        #expect(try fixture.decide().permit?.warnings == .staleList)
        fixture.lists = try lists(.good)
        #expect(try fixture.decide().permit?.warnings == [])
    }

    @Test("revoked anywhere outranks unknown and stale elsewhere; the refusal names certificate, list and entry")
    func revokedOutranks() throws {
        var fixture = fixture
        let revoking = LabRevokedEntry(fixture.issuing.certificate, reason: .caCompromise)
        let root = try DecisionFixture.indexed(fixture.root.revocationList(revoking: [revoking]))
        for others in [try lists(.absent), try lists(.stale), try lists(.parked)] {
            fixture.lists = [root] + others.dropFirst()
            let refusal = try #require(try fixture.decide().refusal)
            #expect(refusal.reason == .revoked && refusal.depth == 1)
            #expect(refusal.list === root && refusal.revocation?.reason == .caCompromise)
            #expect(refusal.identity?.text == DecisionFixture.identity)
        }
    }

    @Test("no list at all is unrevocable, unless the certificate says where its status is published")
    func unrevocable() throws {
        for (points, responders) in [(["http://pki.example/a.crl"], []), ([], ["http://ocsp.example"])] as [([String], [String])]
        {
            var fixture = try DecisionFixture {
                $0.crlDistributionPoints = points
                $0.ocspResponders = responders
            }
            fixture.lists = [try DecisionFixture.indexed(fixture.root.revocationList())]
            #expect(try fixture.reason() == "revocation-unknown")
        }
        var fixture = fixture
        fixture.lists = try lists(.absent)
        #expect(try fixture.reason() == "unrevocable")
    }

    @Test("thisUpdate may lie ahead by the clock skew, and no further")
    func clockSkew() throws {
        var fixture = fixture
        fixture.lists = try lists(.early)
        #expect(try fixture.reason() == "revocation-unknown")
        fixture.clockSkewSeconds = 1
        #expect(try fixture.reason() == "permit")
    }

    @Test("lists under another trust anchor say nothing here, though the authority has the same name")
    func anchorScope() throws {
        var fixture = fixture
        let revoking = [LabRevokedEntry(fixture.device)]
        let elsewhere = try DecisionFixture.indexed(
            fixture.issuing.revocationList(revoking: revoking, number: 9), under: "another")
        fixture.lists = try lists(.good) + [elsewhere]
        #expect(try fixture.reason() == "permit")
        let goodElsewhere = try DecisionFixture.indexed(fixture.issuing.revocationList(number: 9), under: "another")
        fixture.lists = try lists(.revoked) + [goodElsewhere]
        #expect(try fixture.reason() == "revoked")
        fixture.lists = try lists(.absent) + [goodElsewhere]
        #expect(try fixture.reason() == "unrevocable")
    }
}
