import PKITypes
import RevocationLists

/// A complete list and the deltas that continue it, when nothing else of their lineage could say otherwise: what they say
/// together, in one look-up each.
///
/// They are not merged into one table. A look-up in a delta's takes tens of nanoseconds, however long the delta is, and a delta
/// is short-lived; to merge would be to write a base of ten million entries anew for each. And what was merged would be no list
/// any more: it has neither the signature nor the file that a restart knows a kept table by, while both lists go on to count on
/// their own, with their key, their beginning and their end.
final class ListChain: Sendable {
    private let base: IndexedList
    /// In the order in which they apply (RFC 5280 §5.2.4).
    private let deltas: [IndexedList]

    /// Nil when it takes more to tell: unnumbered lists, some of one number, several complete ones, one that must not be used,
    /// a newer delta that does not apply, or a lineage of limited scope.
    init?(_ lists: [IndexedList]) {
        let complete = lists.filter { $0.deltaBase == nil }
        let numbers = Set(lists.compactMap(\.number))
        guard complete.count == 1, lists.count > 1, numbers.count == lists.count,
            lists.allSatisfy({ $0.support == .supported && $0.scope == nil })
        else { return nil }
        base = complete[0]
        var applied: [IndexedList] = []
        var newest = base
        while let next = Self.delta(after: newest, in: lists) {
            applied.append(next)
            newest = next
        }
        guard !lists.contains(where: { $0.isNewer(than: newest) }) else { return nil }
        deltas = applied
    }

    private static func delta(after list: IndexedList, in lists: [IndexedList]) -> IndexedList? {
        var newest: IndexedList?
        for delta in lists {
            guard let number = list.number, let own = delta.number, let first = delta.deltaBase, first <= number, number < own
            else { continue }
            if let leader = newest?.number, own < leader { continue }
            newest = delta
        }
        return newest
    }

    /// Whether all have begun and one key proved them all.
    func speaks(at latestBeginning: UnixSeconds) -> Bool {
        guard let key = base.provenKey, base.thisUpdate <= latestBeginning else { return false }
        for delta in deltas where delta.provenKey != key || delta.thisUpdate > latestBeginning { return false }
        return true
    }

    func status(of serial: SerialNumber, now: UnixSeconds) -> RevocationStatus {
        var revoked: (entry: RevokedEntry, list: IndexedList)?
        var until = base.nextUpdate
        var newest = base
        var damaged: IndexedList?
        for place in -1..<deltas.count {
            let list = place < 0 ? base : deltas[place]
            switch list.answer(serial, issuedBy: list.issuer) {
            case .notListed: break
            case .listed(let entry) where entry.reason == .removeFromCRL:
                revoked = nil
                // Lifted by this delta, and by nothing older: only lists from here on say that it is still so.
                if place >= 0 { until = list.nextUpdate }
            case .listed(let entry): revoked = (entry, list)
            // What a record says may revoke, and may lift what an older list revokes.
            case .unconfirmed(let record): return .unconfirmed(record, list)
            case .damaged: damaged = damaged ?? list
            }
            until = max(until, list.nextUpdate)
            newest = list
        }
        if let revoked { return .revoked(revoked.entry, revoked.list) }
        if let damaged { return .unknown(.recordDamaged, damaged) }
        return now <= until ? .good(newest) : .stale(newest, bySeconds: now - until)
    }
}
