/// RFC 5280 §6.3.3 by a plain reading, over values that a page holds: the judge of the revocation index.
///
/// Lists are merged by writing the merged list down, scopes are sets of small numbers, and steps (a) to (l) stand in the order
/// of the RFC. What goes beyond it is said at its place.
struct RevocationOracle {
    struct Scope: Hashable {
        /// Distribution point names; nil without the field. A number below 10 is the directory name of that issuer.
        var names: Set<Int>?
        var onlyUsers = false
        var onlyAuthorities = false
        var onlyAttributes = false
        /// Bits of ReasonFlags; nil without the field.
        var reasons: Set<Int>?
        var isIndirect = false
    }

    struct Key: Hashable {
        let issuer: Int
        let serial: UInt8
    }

    struct List {
        var issuer: Int
        /// The key that made the signature.
        var signer: Int
        /// The key that the authority key identifier names, whoever signed; nil without the extension.
        var claimedKey: Int?
        var scope: Scope?
        var number: Int?
        /// Not nil: a delta.
        var base: Int?
        var thisUpdate: Int
        var nextUpdate: Int
        /// True for a revocation, false for removeFromCRL.
        var entries: [Key: Bool]
        var isProven = true
        var isSupported = true
    }

    struct Point {
        var names: Set<Int>?
        var reasons: Set<Int>?
        var crlIssuer: Int?
    }

    struct Certificate {
        var key: Key
        var isAuthority: Bool
        var points: [Point]
    }

    static let allReasons: Set<Int> = [1, 2, 3, 4, 5, 6, 7, 8]

    let lists: [List]
    let now: Int
    let skew: Int

    /// Lists that replace one another or are deltas to one another: of one issuer and scope (§5.2.4 (a), (b)), signed with one
    /// key (§5.2.4), with one authority key identifier (§6.3.3 (c)(3)).
    private struct Lineage: Hashable {
        let issuer: Int
        let signer: Int
        let claimedKey: Int?
        let scope: Scope?

        init(_ list: List) {
            issuer = list.issuer
            signer = list.signer
            claimedKey = list.claimedKey
            scope = list.scope
        }
    }

    /// A complete list with its deltas applied (§5.2.4).
    private struct Merged {
        let lineage: Lineage
        var revoked: Set<Key> = []
        /// Until when a list says that these were lifted.
        var lifted: [Key: Int] = [:]
        var until = Int.min
        /// Beyond the RFC: newer deltas that could not be applied, and newer lists that must not be used.
        var gapRevokes: Set<Key> = []
        var hasGap = false
        var isHidden = false
        var hasBase = false

        func end(for key: Key) -> Int { lifted[key] ?? until }
    }

    func status(of certificate: Certificate) -> String {
        let merged = Set(lists.map(Lineage.init)).map(merge)
        let inScope = merged.filter { !reasons($0.lineage, certificate).isEmpty }
        let key = certificate.key
        if inScope.contains(where: { $0.revoked.contains(key) || $0.gapRevokes.contains(key) }) { return "revoked" }
        if inScope.contains(where: \.isHidden) { return "unknown" }
        let usable = inScope.filter { $0.hasBase && !($0.hasGap && $0.end(for: key) < now) }
        for late in Set(usable.map { max(0, now - $0.end(for: key)) }).sorted() {
            // (e), (l): continue until all reasons are covered.
            var mask: Set<Int> = []
            for list in usable where max(0, now - list.end(for: key)) <= late {
                mask.formUnion(reasons(list.lineage, certificate))
            }
            if mask == Self.allReasons { return late == 0 ? "good" : "stale \(late)" }
        }
        return "unknown"
    }

    /// (b) and (d) for every distribution point, and for the one that is assumed.
    private func reasons(_ list: Lineage, _ certificate: Certificate) -> Set<Int> {
        var mask: Set<Int> = []
        let assumed = Point(names: [certificate.key.issuer], reasons: nil, crlIssuer: nil)
        for point in certificate.points + [assumed] {
            // (b)(1)
            if let crlIssuer = point.crlIssuer {
                guard list.issuer == crlIssuer, list.scope?.isIndirect == true else { continue }
            } else {
                guard list.issuer == certificate.key.issuer else { continue }
            }
            var interim = Self.allReasons
            if let scope = list.scope {
                // (b)(2)(i)
                if let names = scope.names {
                    if let pointNames = point.names {
                        guard !names.isDisjoint(with: pointNames) else { continue }
                    } else {
                        guard let crlIssuer = point.crlIssuer, names.contains(crlIssuer) else { continue }
                    }
                }
                // (b)(2)(ii) to (iv)
                if scope.onlyUsers, certificate.isAuthority { continue }
                if scope.onlyAuthorities, !certificate.isAuthority { continue }
                if scope.onlyAttributes { continue }
                // (d)
                interim = scope.reasons ?? Self.allReasons
            }
            mask.formUnion(interim.intersection(point.reasons ?? Self.allReasons))
        }
        return mask
    }

    private func merge(_ lineage: Lineage) -> Merged {
        let begun = lists.filter { Lineage($0) == lineage && $0.isProven && $0.thisUpdate <= now + skew }
        var merged = Merged(lineage: lineage)
        let good = begun.filter(\.isSupported)
        let deltas = good.filter { $0.base != nil }
        guard let newest = self.newest(of: good.filter { $0.base == nil }) else {
            for delta in deltas { merged.gapRevokes.formUnion(delta.entries.filter(\.value).keys) }
            merged.isHidden = begun.contains { !$0.isSupported }
            return merged
        }
        merged.hasBase = true
        merged.revoked = Set(newest.entries.filter(\.value).keys)
        merged.until = newest.nextUpdate
        var current = newest
        while let number = current.number,
            let delta = self.newest(of: deltas.filter { $0.base! <= number && number < $0.number! })
        {
            // (i): delta first. (k): removeFromCRL is unrevoked.
            for (key, isRevocation) in delta.entries {
                if isRevocation { merged.revoked.insert(key) } else { merged.revoked.remove(key) }
                merged.lifted[key] = isRevocation ? nil : Int.min
            }
            merged.lifted = merged.lifted.mapValues { max($0, delta.nextUpdate) }
            merged.until = max(merged.until, delta.nextUpdate)
            current = delta
        }
        for delta in deltas where isOlder(current, delta) {
            merged.hasGap = true
            merged.gapRevokes.formUnion(delta.entries.filter(\.value).keys)
        }
        merged.isHidden = begun.contains { !$0.isSupported && !isOlder($0, current) }
        return merged
    }

    /// The newest by number (§5.2.3), or by thisUpdate when one has none. Lists of one age are one list: it revokes what any
    /// revokes, lifts what all lift, and ends when the first ends.
    private func newest(of lists: [List]) -> List? {
        let areNumbered = lists.allSatisfy { $0.number != nil }
        let newest = lists.max {
            areNumbered ? ($0.number!, $0.thisUpdate) < ($1.number!, $1.thisUpdate) : $0.thisUpdate < $1.thisUpdate
        }
        guard var newest else { return nil }
        let twins = lists.filter { $0.thisUpdate == newest.thisUpdate && (!areNumbered || $0.number == newest.number) }
        newest.number = twins.compactMap(\.number).max()
        newest.nextUpdate = twins.filter { $0.number == newest.number }.map(\.nextUpdate).min()!
        newest.entries = [:]
        for key in Set(twins.flatMap(\.entries.keys)) {
            let revokes = twins.contains { $0.entries[key] == true }
            let allLift = twins.allSatisfy { $0.entries[key] == false }
            if revokes || allLift { newest.entries[key] = revokes }
        }
        return newest
    }

    private func isOlder(_ left: List, _ right: List) -> Bool {
        if let older = left.number, let newer = right.number, older != newer { return older < newer }
        return left.thisUpdate < right.thisUpdate
    }
}
