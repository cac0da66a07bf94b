import LabPKI
import PKITypes
import RevocationLists
import Testing

@testable import VerificationCore

/// The judge of a change is the decision itself: whom the old snapshot permits and the new one refuses must be named.
@Suite("A change between random sets of lists")
struct SnapshotChangeOracleTests {
    private static let now = UnixSeconds(1_800_000_000)
    private static let skew: Int64 = 5
    private static let anchor = DecisionFixture.anchorName

    private static let policies = UnknownStatusPolicy.allCases.flatMap { unknown in
        StaleListPolicy.LiveSessions.allCases.flatMap { live in
            StaleListPolicy.Admit.allCases.map { admit in
                RevocationPolicy(
                    unknownStatus: unknown,
                    stale: StaleListPolicy(admit: admit, liveSessions: live, graceSeconds: 2, warnBeforeSeconds: 0))
            }
        }
    }

    @Test("names every certificate that it may cost its session", arguments: 0..<10 as Range<UInt64>)
    func namesWhomItCuts(seed: UInt64) throws {
        var world = try RandomRevocation(seed: seed)
        var (cut, told, kept) = (0, 0, 0)
        for _ in 0..<40 {
            // Two lists of one kind are compared with no others: seldom here, and seldom in a hospital.
            let before = world.chance(1, of: 8) ? world.lists() : world.listsOfManyKinds()
            let after = world.successors(of: before)
            let (old, new) = try (index(before, world), index(after, world))
            let change = ListComparison(old: old, new: new, now: Self.now, clockSkewSeconds: Self.skew).change
            for _ in 0..<12 {
                let model = world.certificate(speakingOf: before)
                let certificate = try world.pathCertificate(model)
                let credential = CredentialID(
                    anchorEntry: Self.anchor, issuer: certificate.issuer, serial: certificate.serial)
                for policy in Self.policies {
                    guard permits(certificate, old, policy), !permits(certificate, new, policy) else {
                        kept += 1
                        continue
                    }
                    cut += 1
                    if change != .everything { told += 1 }
                    #expect(change.names(credential), "\(model): \(before) became \(after)")
                }
            }
        }
        #expect(cut > 100 && kept > 1000 && told > 0, "cut \(cut), of these \(told) by name, kept \(kept)")
    }

    @Test("comes with time at the moments that the snapshot tells, and at no other", arguments: 0..<6 as Range<UInt64>)
    func moments(seed: UInt64) throws {
        var world = try RandomRevocation(seed: seed)
        var turns = 0
        for _ in 0..<40 {
            let models = world.lists()
            let index = try index(models, world)
            let certificates = try (0..<6).map { _ in try world.pathCertificate(world.certificate(speakingOf: models)) }
            for policy in Self.policies {
                let moments = ListMoments(index.lists, [Self.anchor: Self.entry(policy)], clockSkewSeconds: Self.skew)
                for second in Int64(0)..<12 {
                    let (now, next) = (Self.now + second, Self.now + second + 1)
                    for certificate in certificates
                    where permits(certificate, index, policy, at: now) && !permits(certificate, index, policy, at: next) {
                        turns += 1
                        #expect(moments.next(after: now) == next, "\(models)")
                    }
                }
            }
        }
        #expect(turns > 50, "\(turns)")
    }

    private static func entry(_ policy: RevocationPolicy) -> TrustAnchorEntry {
        TrustAnchorEntry(
            name: anchor, fingerprints: [], identitySource: .sanURI, vouchesFor: [], maximumCertificateLifetimeSeconds: .max,
            revocation: policy)
    }

    private func index(_ models: [RevocationOracle.List], _ world: RandomRevocation) throws -> RevocationIndex {
        RevocationIndex(lists: try models.map { try world.indexed($0, now: Self.now) })
    }

    private func permits(
        _ certificate: PathCertificate, _ index: RevocationIndex, _ policy: RevocationPolicy, at now: UnixSeconds = Self.now
    ) -> Bool {
        switch index.status(of: certificate, under: Self.anchor, now: now, clockSkewSeconds: Self.skew) {
        case .good: true
        case .stale(_, let seconds): policy.stale.allows(staleBySeconds: seconds, .liveSession)
        case .revoked, .unconfirmed: false
        case .unknown: policy.unknownStatus == .admit
        }
    }
}

extension SnapshotChange {
    fileprivate func names(_ credential: CredentialID) -> Bool {
        switch self {
        case .everything: true
        case .affecting(let credentials, _): credentials.contains(credential)
        }
    }
}

extension RandomRevocation {
    /// At most one complete list and one delta of an issuer, key and scope, that can be used.
    mutating func listsOfManyKinds() -> [Oracle.List] {
        var kinds: Set<String> = []
        var found: [Oracle.List] = []
        for var list in lists() {
            let kind = "\(list.issuer) \(list.claimedKey ?? -1) \(String(describing: list.scope)) \(list.base == nil)"
            guard kinds.insert(kind).inserted else { continue }
            (list.isProven, list.isSupported) = (true, true)
            found.append(list)
        }
        return found
    }

    /// What issuers may publish next: mostly newer lists with other entries, sometimes anything.
    mutating func successors(of lists: [Oracle.List]) -> [Oracle.List] {
        var next = lists
        for index in next.indices where chance(2, of: 3) {
            next[index].number = next[index].number.map { $0 + Int.random(in: 0...3, using: &random) }
            if let base = next[index].base, let number = next[index].number, chance(1, of: 2) {
                next[index].base = Int.random(in: base..<max(base + 1, number), using: &random)
            }
            if chance(1, of: 2) { next[index].nextUpdate += Int.random(in: -2...9, using: &random) }
            if chance(1, of: 3) { next[index].thisUpdate += Int.random(in: 0...5, using: &random) }
            if chance(1, of: 24) { next[index].isProven.toggle() }
            if chance(1, of: 24) { next[index].isSupported.toggle() }
            for issuer in [next[index].issuer] + (next[index].scope?.isIndirect ?? false ? [0, 1, 2] : []) {
                for serial in UInt8(1)...3 where chance(1, of: 4) {
                    let key = Oracle.Key(issuer: issuer, serial: serial)
                    let isRevocation = next[index].base == nil || chance(2, of: 3)
                    next[index].entries[key] = chance(1, of: 4) ? nil : isRevocation
                }
            }
        }
        if chance(1, of: 10) { next.removeLast() }
        return next.isEmpty ? lists : next
    }
}
