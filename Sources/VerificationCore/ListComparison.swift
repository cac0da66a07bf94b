import PKITypes
import RevocationLists

/// What the lists of two snapshots say differently of certificates that the older ones cleared.
struct ListComparison {
    /// Entries that are compared for one change: each costs most of a microsecond, for its record has to be read, and all that
    /// time a revoked device is still served. To decide every session again costs a loop about a microsecond each.
    static let maximumEntries = 1 << 17
    /// Credentials that a change names; to look up so many costs a loop as much as to decide again.
    static let maximumCredentials = 1 << 16

    let old: RevocationIndex
    let new: RevocationIndex
    let now: UnixSeconds
    let clockSkewSeconds: Int64

    /// Why the change is not told entry by entry.
    private struct Unlimited: Error {}

    private struct Issuer: Hashable {
        let anchorEntry: String
        let name: DistinguishedName
    }

    /// What a list has in common with the one that replaces it.
    private struct Kind: Hashable {
        let issuer: Issuer
        let lineage: ListLineage.ID
        let isDelta: Bool

        init(_ list: IndexedList) {
            issuer = Issuer(anchorEntry: list.anchorEntry, name: list.issuer)
            lineage = ListLineage.ID(list)
            isDelta = list.deltaBase != nil
        }
    }

    private struct Pair {
        let old: IndexedList
        let new: IndexedList

        var isDelta: Bool { new.deltaBase != nil }
        var isSupported: Bool { old.support == .supported && new.support == .supported }
        var saysTheSame: Bool { old.says(theSameAs: new) }
    }

    var change: SnapshotChange {
        if old.lists.count == new.lists.count, zip(old.lists, new.lists).allSatisfy({ $0.says(theSameAs: $1) }) { return .none }
        guard let before = Self.byKind(old.lists), let after = Self.byKind(new.lists), before.keys == after.keys else {
            return .everything
        }
        let pairs = before.compactMap { kind, list in after[kind].map { Pair(old: list, new: $0) } }
        do throws(Unlimited) {
            var found = Set<CredentialID>()
            var budget = Self.maximumEntries
            for group in Dictionary(grouping: pairs, by: { Kind($0.new).issuer }).values {
                try compare(group, &found, &budget)
            }
            return .credentials(found)
        } catch {
            return .everything
        }
    }

    /// Nil when two lists are of one kind: which of them counts may change with either.
    private static func byKind(_ lists: [IndexedList]) -> [Kind: IndexedList]? {
        var found: [Kind: IndexedList] = [:]
        for list in lists {
            guard found.updateValue(list, forKey: Kind(list)) == nil else { return nil }
        }
        return found
    }

    /// All lists of one issuer, some of which may have changed.
    private func compare(_ pairs: [Pair], _ found: inout Set<CredentialID>, _ budget: inout Int) throws(Unlimited) {
        let changed = pairs.filter { !$0.saysTheSame }
        if changed.isEmpty { return }
        // Beyond its entries, a list decides by who proved it, whether it may be used and whether it is current.
        guard pairs.allSatisfy(\.isSupported), changed.allSatisfy(isAsGood) else { throw Unlimited() }
        for pair in changed { try addEntries(of: pair.new, unlessIn: pair.old, &found, &budget) }
        guard pairs.contains(where: \.isDelta) else { return }
        // Which deltas apply may be another now, and what one of them lifts may count again. While the base is current, whom no
        // delta names is told by it alone.
        guard pairs.allSatisfy({ $0.isDelta || $0.new.nextUpdate >= now }) else { throw Unlimited() }
        for pair in pairs where pair.isDelta {
            try addEntries(of: pair.old, unlessIn: nil, &found, &budget)
            try addEntries(of: pair.new, unlessIn: nil, &found, &budget)
        }
    }

    /// Whether the new list clears whom it does not name just as the old one does.
    private func isAsGood(_ pair: Pair) -> Bool {
        pair.old.provenKey == pair.new.provenKey && pair.new.thisUpdate <= now + clockSkewSeconds
            && (pair.new.nextUpdate >= now || pair.new.nextUpdate >= pair.old.nextUpdate)
    }

    private func addEntries(
        of list: IndexedList, unlessIn other: IndexedList?, _ found: inout Set<CredentialID>, _ budget: inout Int
    ) throws(Unlimited) {
        budget -= list.entryCount
        guard budget >= 0 else { throw Unlimited() }
        let issuers = [list.issuer] + list.facts.otherIssuers
        var failed = false
        let isWhole = list.table.forEachEntry { entry, ordinal in
            guard Int(ordinal) < issuers.count else {
                failed = true
                return false
            }
            let issuer = issuers[Int(ordinal)]
            switch other.map({ $0.answerFromDisk(entry.serial, issuedBy: issuer) }) ?? .notListed {
            // A reason is no matter: revoked is revoked.
            case .listed(let known) where (known.reason == .removeFromCRL) == (entry.reason == .removeFromCRL): break
            case .notListed, .listed:
                found.insert(CredentialID(anchorEntry: list.anchorEntry, issuer: issuer, serial: entry.serial))
            case .unconfirmed, .damaged: failed = true
            }
            return !failed && found.count <= Self.maximumCredentials
        }
        guard isWhole else { throw Unlimited() }
    }
}

extension IndexedList {
    /// As far as a decision goes: the same octets, believed on the same key's word.
    fileprivate func says(theSameAs other: IndexedList) -> Bool {
        let isSameList =
            table === other.table
            || signature.covered == other.signature.covered && signature.value == other.signature.value
        return isSameList && anchorEntry == other.anchorEntry && facts == other.facts && nextUpdate == other.nextUpdate
            && provenKey == other.provenKey
    }

    /// As ``answer(_:issuedBy:)``, for whoever may wait.
    fileprivate func answerFromDisk(_ serial: SerialNumber, issuedBy issuer: DistinguishedName) -> RevokedTable.Answer {
        // A record may be forgotten again by a system that is short of memory.
        for _ in 0..<3 {
            let answer = answer(serial, issuedBy: issuer)
            guard case .unconfirmed(let record) = answer else { return answer }
            record.fetch()
        }
        return answer(serial, issuedBy: issuer)
    }
}
