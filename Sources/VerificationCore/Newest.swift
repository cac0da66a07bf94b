import RevocationLists

/// The newest of some lists, whatever their order: by number when every one has one (RFC 5280 §5.2.3), else by thisUpdate.
struct Newest {
    let list: IndexedList
    private let areNumbered: Bool

    init?(of lists: [IndexedList], where isUsable: (IndexedList) -> Bool) {
        var newest: IndexedList?
        var areNumbered = true
        for list in lists where list.number == nil && isUsable(list) { areNumbered = false }
        for list in lists where isUsable(list) {
            guard let leader = newest, !Self.precedes(leader, list, areNumbered) else {
                newest = list
                continue
            }
        }
        guard let newest else { return nil }
        list = newest
        self.areNumbered = areNumbered
    }

    /// What it says of a certificate. Of lists of one age the one that revokes is believed, and a lifting only when all lift.
    func entry(_ inquiry: inout ListLineage.Inquiry, in lists: [IndexedList]) -> RevokedEntry? {
        let question = inquiry.question
        var own = inquiry.entry(in: list)
        if let own, own.reason != .removeFromCRL { return own }
        for other in lists where other !== list && question.admits(other) && other.support == .supported && isAsOld(other) {
            let entry = inquiry.entry(in: other)
            if let entry, entry.reason != .removeFromCRL { return entry }
            if entry == nil { own = nil }
        }
        return own
    }

    private func isAsOld(_ other: IndexedList) -> Bool {
        other.thisUpdate == list.thisUpdate && (!areNumbered || other.number == list.number)
    }

    /// Of lists of one age the one that ends first comes last, so that nothing hangs on the order in which they were loaded.
    private static func precedes(_ older: IndexedList, _ newer: IndexedList, _ areNumbered: Bool) -> Bool {
        if areNumbered, older.number != newer.number { return newer.isNewer(than: older) }
        if older.thisUpdate != newer.thisUpdate { return older.thisUpdate < newer.thisUpdate }
        if older.number != newer.number { return older.number == nil || newer.isNewer(than: older) }
        return newer.nextUpdate < older.nextUpdate
    }
}
