import LabPKI
import PKITypes
import RandomTesting
import Testing
import X509

@testable import VerificationCore

@Suite("A list with its deltas, by the short way and by the long one")
struct ListChainTests {
    private static let now = UnixSeconds(1_800_000_000)
    private static let serials: [UInt8] = Array(1...6)
    private static let reasons: [RevocationReason] = [.keyCompromise, .certificateHold, .removeFromCRL]

    private let authority: LabCertificateAuthority
    private let certificates: [PathCertificate]

    init() throws {
        let authority = try LabCertificateAuthority()
        self.authority = authority
        certificates = try Self.serials.map { serial in
            try PathCertificate(Certificate(der: authority.issueDevice("urn:a:b") { $0.serial = [serial] }.der))
        }
    }

    private func list(
        _ random: inout SplitMix64, number: UInt64, base: UInt64?
    ) throws -> IndexedList {
        let entries = Self.serials.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }.map { serial in
            let known = base == nil ? 2 : 3
            return LabRevokedEntry(serial: [serial], reason: Self.reasons[Int.random(in: 0..<known, using: &random)])
        }
        // Sometimes it has not begun, sometimes it is over.
        let begins = Self.now + Int64.random(in: -40...2, using: &random)
        let list = try authority.revocationList(
            revoking: entries, number: number, thisUpdate: begins,
            nextUpdate: max(begins + 1, Self.now + Int64.random(in: -10...30, using: &random))
        ) { $0.deltaBase = base }
        let isProven = Int.random(in: 0..<12, using: &random) > 0
        return try DecisionFixture.indexed(list, isProven ? .proven : .parked)
    }

    @Test("agree on random lists, and the short one is taken", arguments: 0..<4 as Range<UInt64>)
    func agree(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var (short, seen) = (0, Set<Substring>())
        for _ in 0..<100 {
            let number = UInt64.random(in: 1...4, using: &random)
            var lists = [try list(&random, number: number, base: nil)]
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let own = UInt64.random(in: 2...9, using: &random)
                lists.append(try list(&random, number: own, base: UInt64.random(in: 1..<own, using: &random)))
            }
            if let chain = ListChain(lists), chain.speaks(at: Self.now) { short += 1 }
            let index = RevocationIndex(lists: lists.shuffled(using: &random))
            for certificate in certificates {
                let long = index.status(
                    of: certificate, under: DecisionFixture.anchorName, now: Self.now, clockSkewSeconds: 0, assuming: .none)
                let answer = index.status(
                    of: certificate, under: DecisionFixture.anchorName, now: Self.now, clockSkewSeconds: 0)
                #expect(Self.text(answer) == Self.text(long))
                seen.insert(Self.text(answer).prefix { $0 != " " })
            }
        }
        #expect(short > 10)
        #expect(seen.isSuperset(of: ["good", "stale", "revoked"]))
    }

    /// With the list that it is told of.
    private static func text(_ status: RevocationStatus) -> String {
        switch status {
        case .good(let list): "good \(ObjectIdentifier(list))"
        case .stale(let list, let seconds): "stale \(seconds) \(ObjectIdentifier(list))"
        case .revoked(let entry, let list): "revoked \(entry.reason) \(ObjectIdentifier(list))"
        case .unconfirmed: "unconfirmed"
        case .unknown(let cause, _): "unknown \(cause.code)"
        }
    }

    @Test("Nothing is said by a chain of lists without numbers, of one number, or with a newer delta that does not apply")
    func noChain() throws {
        var random = SplitMix64(seed: 1)
        let base = try list(&random, number: 3, base: nil)
        let delta = try list(&random, number: 5, base: 3)
        #expect(ListChain([base]) == nil)
        #expect(ListChain([delta]) == nil)
        #expect(ListChain([base, delta]) != nil)
        #expect(ListChain([base, delta, try list(&random, number: 5, base: 2)]) == nil)
        #expect(ListChain([base, delta, try list(&random, number: 4, base: nil)]) == nil)
        #expect(ListChain([base, try list(&random, number: 9, base: 4)]) == nil)
        let unnumbered = try DecisionFixture.indexed(authority.revocationList(number: nil))
        #expect(ListChain([unnumbered, delta]) == nil)
    }
}
