import LabPKI
import PKITypes
import RevocationLists
import SignatureChecking
import Testing

@testable import VerificationCore

@Suite("What differs between two snapshots")
struct SnapshotChangeTests {
    private var fixture: DecisionFixture

    init() throws {
        fixture = try DecisionFixture()
        try fixture.addGoodLists()
    }

    private func expectChange(
        _ change: SnapshotChange, at location: SourceLocation = #_sourceLocation,
        after adjust: (inout DecisionFixture) throws -> Void
    ) throws {
        var next = fixture
        try adjust(&next)
        let found = next.snapshot().change(since: fixture.snapshot(), now: fixture.now)
        #expect(found == change, sourceLocation: location)
    }

    private func credential(_ certificate: LabCertificate) throws -> CredentialID {
        let path = try fixture.path(of: certificate)
        return CredentialID(
            anchorEntry: DecisionFixture.anchorName, issuer: path.certificates[0].issuer, serial: path.certificates[0].serial)
    }

    @Test("T27: nothing, when nothing changed")
    func nothing() throws {
        try expectChange(.none) { _ in }
        // Signed once more.
        try expectChange(.none) { try $0.addGoodLists() }
    }

    @Test("A revoked certificate, and no other")
    func revoked() throws {
        let others = try (1...3).map { try fixture.issuing.issueDevice("urn:hospital:device:pump:\($0)") }
        let named = try others.map { try credential($0) }
        let first = try fixture.issuing.revocationList(revoking: [LabRevokedEntry(others[0])], number: 2)
        let second = try fixture.issuing.revocationList(revoking: others.map { LabRevokedEntry($0) }, number: 3)
        var before = fixture
        before.lists[1] = try DecisionFixture.indexed(first)
        var after = fixture
        after.lists[1] = try DecisionFixture.indexed(second)
        #expect(before.snapshot().change(since: fixture.snapshot(), now: fixture.now) == .credentials([named[0]]))
        #expect(after.snapshot().change(since: before.snapshot(), now: fixture.now) == .credentials([named[1], named[2]]))
        // Whom a list does not name any more was cut long ago.
        #expect(before.snapshot().change(since: after.snapshot(), now: fixture.now) == SnapshotChange.none)
    }

    @Test("A new number and a new nextUpdate alone are no change; a list that is worse to decide by is one for everybody")
    func dates() throws {
        let (issuing, now) = (fixture.issuing, fixture.now)
        func expectChange(
            _ change: SnapshotChange, _ list: LabRevocationList, _ proof: DecisionFixture.Proof = .proven
        ) throws {
            let indexed = try DecisionFixture.indexed(list, under: DecisionFixture.anchorName, proof)
            try self.expectChange(change) { $0.lists[1] = indexed }
        }
        try expectChange(.none, issuing.revocationList(number: 9))
        try expectChange(.none, issuing.revocationList(number: 2, nextUpdate: now + 90_000))
        try expectChange(.everything, issuing.revocationList(number: 2, nextUpdate: now + -1))
        try expectChange(.everything, issuing.revocationList(thisUpdate: now + 1, nextUpdate: now + 90_000))
        try expectChange(.everything, issuing.revocationList(number: 2), .parked)
        try self.expectChange(.everything) { $0.lists.removeLast() }
    }

    @Test("Everything, when a listener decides otherwise; not when one is added")
    func listeners() throws {
        try expectChange(.none) { $0.trustByListener["more"] = [DecisionFixture.anchorName] }
        try expectChange(.everything) { $0.trustByListener[DecisionFixture.listener] = [] }
        try expectChange(.everything) { $0.trustByListener = ["more": [DecisionFixture.anchorName]] }
        try expectChange(.everything) { $0.clockSkewSeconds = 1 }
        let elsewhere = AccessPolicy(name: "elsewhere", devices: .any, listeners: ["more"])
        try expectChange(.none) { $0.policies.insert(elsewhere, at: 0) }
        try expectChange(.everything) { $0.policies.insert(AccessPolicy(name: "first", devices: .any), at: 0) }
    }

    private func ten() throws -> NetworkPrefix {
        try #require(IPAddress(octets: [10, 0, 0, 0]).flatMap { NetworkPrefix(address: $0, length: 8) })
    }

    @Test("Every property of a policy counts")
    func policies() throws {
        func policy(_ changed: String? = nil) throws -> AccessPolicy {
            AccessPolicy(
                name: changed == "name" ? "b" : "a",
                devices: changed == "devices" ? .registered : .any,
                identity: changed == "identity" ? try IdentityPattern("urn:**") : nil,
                listeners: changed == "listeners" ? [DecisionFixture.listener] : [],
                networks: changed == "networks" ? try [ten()] : [],
                minimumTLSVersion: changed == "minimumTLSVersion" ? .tls13 : nil,
                warnCertificateAgeSeconds: changed == "warnCertificateAgeSeconds" ? 1 : nil,
                maximumCertificateAgeSeconds: changed == "maximumCertificateAgeSeconds" ? 1 : nil,
                hours: changed == "hours" ? AccessHours(try WeeklyHours("07:00-19:00"), in: .utc) : nil,
                posture: ["posture", "looksAtDevice"].contains(changed) ? [try PostureRequirement("recalled", "no")] : [],
                sessions: changed == "sessions" ? SessionLimit(maximum: 1, onConflict: .refuse) : nil
            )
        }
        let properties = Mirror(reflecting: try policy()).children.compactMap(\.label)
        #expect(properties.count >= 8)
        for property in properties { #expect(try policy(property) != policy(), "\(property) is not compared") }
        let same = try policy()
        #expect(try policy() == same)
    }

    @Test("Every property of a trust anchor counts")
    func anchors() throws {
        func anchor(_ changed: String? = nil) throws -> TrustAnchorEntry {
            TrustAnchorEntry(
                name: changed == "name" ? "b" : "a",
                fingerprints: changed == "fingerprints" ? [sha256Fingerprint([1])] : [],
                identitySource: changed == "identitySource" ? .sanDNS : .sanURI,
                vouchesFor: changed == "vouchesFor" ? [try IdentityPattern("urn:**")] : [],
                warnCertificateLifetimeSeconds: changed == "warnCertificateLifetimeSeconds" ? 1 : nil,
                maximumCertificateLifetimeSeconds: changed == "maximumCertificateLifetimeSeconds" ? 1 : 2,
                revocation: RevocationPolicy(unknownStatus: changed == "revocation" ? .admit : .refuse)
            )
        }
        let properties = Mirror(reflecting: try anchor()).children.compactMap(\.label)
        #expect(properties.count >= 6)
        for property in properties { #expect(try anchor(property) != anchor(), "\(property) is not compared") }
        let same = try anchor()
        #expect(try anchor() == same)
    }

    @Test("Two changes together name whom either names")
    func union() throws {
        let credential = try credential(fixture.device)
        let identity = IdentityMark(DeviceIdentity(text: "urn:a"))
        let both = SnapshotChange.credentials([credential]).union(.identities([identity]))
        #expect(both == .affecting(credentials: [credential], identities: [identity]))
        #expect(both.union(.everything) == .everything)
        #expect(SnapshotChange.everything.union(both) == .everything)
        #expect(SnapshotChange.none.union(both) == both)
    }

    @Test("More entries than a change compares are a change for everybody; records on the disk are compared like others")
    func longLists() throws {
        func list(_ entries: Int) throws -> IndexedList {
            let template = try DecisionFixture.indexed(fixture.issuing.revocationList())
            var builder = RevokedTableBuilder(hash: SipHash(keyLow: 3, keyHigh: UInt64(entries)))
            var serials = (1...entries).map {
                ListedEntry(
                    serial: SerialNumber(high: 0, middle: 0, low: UInt64($0), count: 4), reason: .unspecified,
                    revokedAt: UnixSeconds(0))
            }
            while !serials.isEmpty {
                builder.append(Array(serials.suffix(100_000)))
                serials.removeLast(min(serials.count, 100_000))
            }
            let indexed = IndexedList(
                source: "long", anchorEntry: template.anchorEntry, facts: template.facts, nextUpdate: template.nextUpdate,
                signature: ListSignature(covered: .digest([UInt8(entries % 251)]), algorithm: [], value: []),
                table: try builder.finish())
            indexed.markProven(by: .only)
            return indexed
        }
        func change(_ old: Int, _ new: Int) throws -> SnapshotChange {
            try ListComparison(
                old: RevocationIndex(lists: [list(old)]), new: RevocationIndex(lists: [list(new)]), now: fixture.now,
                clockSkewSeconds: 0
            ).change
        }
        let added = try change(10_000, 10_003)
        guard case .affecting(let credentials, _) = added else {
            Issue.record("\(added)")
            return
        }
        #expect(credentials.map(\.serial.low).sorted() == [10_001, 10_002, 10_003])
        #expect(try change(1, ListComparison.maximumCredentials + 2) == .everything)
    }
}
