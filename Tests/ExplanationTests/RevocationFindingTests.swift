import LabPKI
import OfflineVerification
import PKITypes
import Testing
import VerificationCore

@testable import Explanation

@Suite("The explanation of a revocation status")
struct RevocationFindingTests {
    var fixture: ExplanationFixture

    init() throws { fixture = try ExplanationFixture() }

    private mutating func replaceLeafList(_ list: LabRevocationList, _ source: String = "issuing.crl") throws {
        fixture.lists[1] = try ExplanationFixture.indexed(list, source)
    }

    @Test("revoked: since when, why, by which list")
    mutating func revoked() throws {
        let date = UnixSeconds(fixture.now.rawValue - 3600)
        let entry = LabRevokedEntry(fixture.device, reason: .keyCompromise, date: date)
        try replaceLeafList(fixture.issuing.revocationList(revoking: [entry], number: 7))
        let explanation = try fixture.explanation()
        let finding = try #require(explanation.document["revocation", "0"])
        #expect(finding["status"] == .string("revoked") && finding["effect"] == .string("refuses"))
        #expect(finding["revoked_at"] == .string(date.text) && finding["revocation_reason"] == .string("keyCompromise"))
        #expect(finding["list", "number"] == .string("0x07") && finding["list", "delta_base"] == .null)
        #expect(explanation.outcome.alert?.text == "44 certificate_revoked" && explanation.outcome.permanence == .permanent)
        #expect(explanation.text.contains("2 REVOCATION <-- refused here"))
        #expect(explanation.text.contains("depth 0   revoked since \(date.text), reason keyCompromise"))
        #expect(explanation.text.contains("3 IDENTITY \(ExplanationFixture.identity) (not reached"))
        #expect(explanation.revocation[1].word == "good")
    }

    @Test("a delta list names its base")
    mutating func delta() throws {
        var profile = LabRevocationListProfile(
            revoking: [LabRevokedEntry(fixture.device)], number: 2, thisUpdate: fixture.now, nextUpdate: fixture.now + 3600)
        profile.deltaBase = 1
        fixture.lists.append(try ExplanationFixture.indexed(fixture.issuing.revocationList(profile), "delta.crl"))
        let explanation = try fixture.explanation()
        #expect(explanation.document["revocation", "0", "list", "delta_base"] == .string("0x01"))
        #expect(explanation.text.contains("delta list number 0x02 on base 0x01 of CN=Issuing"), "\(explanation.text)")
        #expect(explanation.text.contains("from      delta.crl"))
    }

    @Test("stale: by how much, and whether the configuration lets it pass")
    mutating func stale() throws {
        let update = UnixSeconds(fixture.now.rawValue - 7200)
        try replaceLeafList(
            fixture.issuing.revocationList(
                LabRevocationListProfile(number: 1, thisUpdate: update, nextUpdate: UnixSeconds(fixture.now.rawValue - 3600))))
        let refused = try fixture.explanation()
        #expect(refused.outcome.reason == "revocation-stale" && refused.outcome.fault == .operator)
        #expect(refused.document["revocation", "0", "stale_seconds"] == .integer(3600))
        #expect(refused.document["revocation", "0", "effect"] == .string("refuses"))
        #expect(refused.text.contains("stale: the list is 1 h (3600 s) past its nextUpdate\n"))

        fixture.revocation.stale = StaleListPolicy(admit: .all, liveSessions: .keep, graceSeconds: 7200, warnBeforeSeconds: 0)
        let admitted = try fixture.explanation()
        #expect(admitted.outcome.decision == .admitted && admitted.outcome.warnings == ["stale-list"])
        #expect(admitted.document["revocation", "0", "effect"] == .string("allowed"))
        #expect(admitted.text.contains("past its nextUpdate; the configuration lets that pass"))
        #expect(admitted.outcome.next.contains("new list"))
    }

    @Test("unknown: why, and whether the configuration lets it pass")
    mutating func unknown() throws {
        fixture.lists.removeLast()
        let refused = try fixture.explanation()
        #expect(refused.outcome.reason == "unrevocable")
        #expect(refused.document["revocation", "0", "cause"] == .string("no-list"))
        #expect(refused.document["revocation", "0", "list"] == .null)
        #expect(refused.text.contains("unknown (no-list): its issuer has no list here; it names no place"), "\(refused.text)")

        fixture.revocation.unknownStatus = .admit
        let admitted = try fixture.explanation()
        #expect(admitted.outcome.warnings == ["unknown-status"])
        #expect(admitted.text.contains("the configuration lets that pass"))
    }

    @Test("a certificate above the revoked one that is unknown, too, is outranked")
    mutating func outranked() throws {
        try replaceLeafList(fixture.issuing.revocationList(revoking: [LabRevokedEntry(fixture.device)]))
        fixture.lists.removeFirst()
        let explanation = try fixture.explanation()
        #expect(explanation.outcome.reason == "revoked")
        #expect(explanation.revocation.map(\.effect) == [.refuses, .outranked])
    }
}
