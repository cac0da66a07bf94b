import LabPKI
import PKITypes
import Testing
import VerificationCore
import X509

@Suite("The revocation index")
struct RevocationIndexTests {
    private static let now = UnixSeconds(1_800_000_000)

    private static func text(_ status: RevocationStatus) -> String { RevocationOracleTests.text(status) }

    @Test("newer is by number where both have one, else by thisUpdate")
    func newer() throws {
        let authority = try LabCertificateAuthority()
        func list(_ number: UInt64?, _ thisUpdate: Int64) throws -> IndexedList {
            try DecisionFixture.indexed(authority.revocationList(number: number, thisUpdate: Self.now + thisUpdate))
        }
        #expect(try list(2, 0).isNewer(than: list(1, 10)))
        #expect(try !list(1, 10).isNewer(than: list(2, 0)))
        #expect(try list(256, 0).isNewer(than: list(255, 0)))
        #expect(try list(1, 10).isNewer(than: list(1, 0)))
        #expect(try list(nil, 10).isNewer(than: list(9, 0)))
        #expect(try !list(nil, 0).isNewer(than: list(nil, 0)))
    }

    @Test("a parked list speaks from the moment that its signature is proven")
    func parked() throws {
        let authority = try LabCertificateAuthority()
        let device = try PathCertificate(Certificate(der: authority.issueDevice("urn:a:b").der))
        let list = try DecisionFixture.indexed(authority.revocationList(), .parked)
        let index = RevocationIndex(lists: [list])
        func status(under anchor: String = DecisionFixture.anchorName) -> String {
            Self.text(index.status(of: device, under: anchor, now: LabTime.now(), clockSkewSeconds: 0))
        }
        #expect(!list.isProven && status() == "unknown")
        list.markProven(by: .only)
        #expect(list.isProven && status() == "good")
        #expect(status(under: "another") == "unknown")
    }

    /// Who a list is from is said by the key that signed it, whatever key identifier it claims (RFC 5280 §5.2.4 (c)).
    @Test("a newer list, or a delta, of another key under the same name and key identifier takes back no revocation")
    func otherKey() throws {
        let authority = try LabCertificateAuthority()
        let leaf = try authority.issueDevice("urn:a:b")
        let device = try PathCertificate(Certificate(der: leaf.der))
        let keys = [ListKey(of: [1]), ListKey(of: [2])]
        func list(_ reason: RevocationReason?, number: UInt64, base: UInt64? = nil, by key: Int) throws -> IndexedList {
            let entries = reason.map { [LabRevokedEntry(leaf, reason: $0)] } ?? []
            let list = try DecisionFixture.indexed(
                authority.revocationList(revoking: entries, number: number) { $0.deltaBase = base }, .parked)
            list.markProven(by: keys[key])
            return list
        }
        func status(_ lists: [IndexedList]) -> String {
            Self.text(
                RevocationIndex(lists: lists).status(
                    of: device, under: DecisionFixture.anchorName, now: LabTime.now(), clockSkewSeconds: 0))
        }
        let (hold, clear, lift) = (
            try list(.certificateHold, number: 1, by: 0), try list(nil, number: 40, by: 1),
            try list(.removeFromCRL, number: 2, base: 1, by: 1)
        )
        for lists in [[hold, clear], [clear, hold], [hold, lift], [lift, hold], [hold, clear, lift]] {
            #expect(status(lists).hasPrefix("revoked"))
        }
        let ownClear = try list(nil, number: 40, by: 0)
        let ownLift = try list(.removeFromCRL, number: 2, base: 1, by: 0)
        #expect(status([hold, ownClear]) == "good")
        #expect(status([hold, ownLift]) == "good")
        #expect(status([clear, ownClear]) == "good")
    }
}
