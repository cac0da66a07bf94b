import LabPKI
import PKITypes
import Testing
import VerificationCore
import X509

/// REV-5 and REV-6: which delta changes which list (RFC 5280 §5.2.4), and what holds when none does.
@Suite("Delta lists")
struct DeltaListTests {
    let authority: LabCertificateAuthority
    let device: PathCertificate
    private let now = LabTime.now()

    init() throws {
        authority = try LabCertificateAuthority()
        device = try PathCertificate(Certificate(der: authority.issueDevice("urn:a:b") { $0.serial = [7] }.der))
    }

    private func list(
        _ revoking: RevocationReason? = nil, number: UInt64?, base: UInt64? = nil, ends: Int64 = 3600, key: [UInt8] = [1],
        _ extensions: [LabExtension] = []
    ) throws -> IndexedList {
        let entries = revoking.map { [LabRevokedEntry(serial: [7], reason: $0)] } ?? []
        let begins = now + -3600 + Int64(number ?? 0)
        let list = try authority.revocationList(revoking: entries, number: number, thisUpdate: begins, nextUpdate: now + ends) {
            $0.deltaBase = base
            $0.authorityKeyIdentifier = .octets(key)
            $0.extraExtensions = extensions
        }
        return try DecisionFixture.indexed(list)
    }

    private func status(_ lists: IndexedList...) -> String {
        let index = RevocationIndex(lists: lists.shuffled())
        switch index.status(of: device, under: DecisionFixture.anchorName, now: now, clockSkewSeconds: 0) {
        case .good: return "good"
        case .stale(_, let seconds): return "stale \(seconds)"
        case .revoked(_, let list): return list.deltaBase == nil ? "revoked" : "revoked by delta"
        case .unconfirmed: return "unconfirmed"
        case .unknown(let cause, _): return cause.code
        }
    }

    @Test("a delta that applies revokes and lifts; one of several, the newest")
    func applies() throws {
        #expect(status(try list(number: 5), try list(.superseded, number: 6, base: 5)) == "revoked by delta")
        #expect(status(try list(.certificateHold, number: 5), try list(.removeFromCRL, number: 6, base: 5)) == "good")
        #expect(status(try list(.certificateHold, number: 5), try list(number: 6, base: 5)) == "revoked")
        #expect(status(try list(.certificateHold, number: 5), try list(.keyCompromise, number: 6, base: 5)) == "revoked by delta")
        let (hold, lift) = (try list(.certificateHold, number: 6, base: 5), try list(.removeFromCRL, number: 7, base: 5))
        #expect(status(try list(number: 5), hold, lift) == "good")
        #expect(status(try list(number: 5), hold) == "revoked by delta")
        #expect(status(try list(.certificateHold, number: 5), lift, try list(number: 8, base: 5)) == "revoked")
    }

    @Test("each condition of RFC 5280 §5.2.4 violated keeps a delta from lifting a hold")
    func conditions() throws {
        let held = try list(.certificateHold, number: 5)
        let scope = try LabExtension.issuingDistributionPoint(scopes: [.userCertificates])
        #expect(status(held, try list(.removeFromCRL, number: 7, base: 6)) == "revoked", "the base is too old")
        #expect(status(held, try list(.removeFromCRL, number: 5, base: 4)) == "revoked", "not newer than the base")
        #expect(status(held, try list(.removeFromCRL, number: 4, base: 3)) == "revoked", "older than the base")
        #expect(status(held, try list(.removeFromCRL, number: 6, base: 5, [scope])) == "revoked", "another scope")
        #expect(status(held, try list(.removeFromCRL, number: 6, base: 5, key: [2])) == "revoked", "another key")
        #expect(status(try list(.certificateHold, number: nil), try list(.removeFromCRL, number: 6, base: 5)) == "revoked")
        #expect(status(held, try list(.removeFromCRL, number: 6, base: 4)) == "good", "an older base will do")
        let scoped = try list(.certificateHold, number: 5, [scope])
        #expect(status(scoped, try list(.removeFromCRL, number: 6, base: 5, [scope])) == "good", "the same scope")
    }

    @Test("a list with a delta applied is a base for the next delta")
    func chain() throws {
        let (first, second) = (try list(number: 6, base: 5), try list(.removeFromCRL, number: 8, base: 6))
        #expect(status(try list(.certificateHold, number: 5), second) == "revoked")
        #expect(status(try list(.certificateHold, number: 5), first, second) == "good")
    }

    @Test("without its base a delta revokes, and clears nobody")
    func withoutBase() throws {
        #expect(status(try list(number: 6, base: 5)) == "delta-without-base")
        #expect(status(try list(.superseded, number: 6, base: 5)) == "revoked by delta")
        #expect(status(try list(.removeFromCRL, number: 6, base: 5)) == "delta-without-base")
    }

    @Test("REV-6: a newer delta that cannot be applied leaves the base as it is while it is current, then all is unknown")
    func gap() throws {
        let delta = try list(number: 9, base: 8)
        #expect(status(try list(number: 5), delta) == "good")
        #expect(status(try list(number: 5, ends: -60), delta) == "delta-without-base")
        #expect(status(try list(.superseded, number: 5, ends: -60), delta) == "revoked")
        #expect(status(try list(number: 5), try list(.superseded, number: 9, base: 8)) == "revoked by delta")
        #expect(status(try list(number: 5, ends: -60)) == "stale 60")
    }

    @Test("a delta refreshes its base; a lifting lasts as long as the delta that made it")
    func freshness() throws {
        let staleBase = try list(number: 5, ends: -60)
        #expect(status(staleBase, try list(number: 6, base: 5)) == "good")
        #expect(status(staleBase, try list(number: 6, base: 5, ends: -20)) == "stale 20")
        #expect(status(try list(number: 5), try list(number: 6, base: 5, ends: -20)) == "good")
        let held = try list(.certificateHold, number: 5)
        #expect(status(held, try list(.removeFromCRL, number: 6, base: 5, ends: -20)) == "stale 20")
        #expect(status(held, try list(.removeFromCRL, number: 6, base: 5, ends: -20), try list(number: 7, base: 6)) == "good")
    }

    @Test("T21: a delta without a number is not used, and hides what it may say")
    func withoutNumber() throws {
        let delta = try list(.superseded, number: nil, base: 5)
        #expect(status(delta) == "list-unsupported")
        #expect(status(try list(number: 5), delta) == "good", "older than its base")
    }
}
