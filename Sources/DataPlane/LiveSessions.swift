import PKITypes

/// The live sessions of one loop, found by what a change may name: a certificate of the path, or the identity.
///
/// Keys are digests. Two that meet, one chance in 2^64, cost a session a second look and nothing else. Every session has a
/// place, and every key of it an entry in the chain of its key, so that to come and to go costs the session's own keys, however
/// many others share them (all devices of an authority share its certificate).
package struct LiveSessions<Member> {
    private struct Slot {
        var member: Member?
        var firstEntry: UInt32
    }

    private struct Entry {
        let key: LiveSessionKey
        let slot: UInt32
        /// In the chain of the key.
        var next: UInt32
        var previous: UInt32
        /// The next entry of the same session; of a free entry the next free one.
        var sibling: UInt32
    }

    private static var none: UInt32 { .max }

    private var slots: [Slot] = []
    private var freeSlots: [UInt32] = []
    private var entries: [Entry] = []
    private var firstFreeEntry = none
    private var heads: [LiveSessionKey: UInt32] = [:]

    package init() {}

    package var count: Int { slots.count - freeSlots.count }
    /// Numbers of places are below this.
    var placeCount: Int { slots.count }

    package subscript(place: LivePlace) -> Member? { slots[Int(place.number)].member }

    /// - Parameter keys: of every certificate on the path, and of the identity.
    package mutating func insert(_ member: Member, under keys: [LiveSessionKey]) -> LivePlace {
        let slot: UInt32
        if let free = freeSlots.popLast() {
            slot = free
            slots[Int(slot)] = Slot(member: member, firstEntry: Self.none)
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot(member: member, firstEntry: Self.none))
        }
        for key in keys { link(key, slot) }
        return LivePlace(number: slot)
    }

    package mutating func remove(_ place: LivePlace) {
        let slot = Int(place.number)
        precondition(slots[slot].member != nil, "a session leaves twice")
        var index = slots[slot].firstEntry
        while index != Self.none {
            let entry = entries[Int(index)]
            unlink(entry)
            entries[Int(index)].sibling = firstFreeEntry
            firstFreeEntry = index
            index = entry.sibling
        }
        slots[slot] = Slot(member: nil, firstEntry: Self.none)
        freeSlots.append(place.number)
    }

    package func forEach(under key: LiveSessionKey, _ body: (LivePlace) -> Void) {
        var index = heads[key] ?? Self.none
        while index != Self.none {
            body(LivePlace(number: entries[Int(index)].slot))
            index = entries[Int(index)].next
        }
    }

    private mutating func link(_ key: LiveSessionKey, _ slot: UInt32) {
        let head = heads[key] ?? Self.none
        let entry = Entry(
            key: key, slot: slot, next: head, previous: Self.none, sibling: slots[Int(slot)].firstEntry)
        let index: UInt32
        if firstFreeEntry != Self.none {
            index = firstFreeEntry
            firstFreeEntry = entries[Int(index)].sibling
            entries[Int(index)] = entry
        } else {
            index = UInt32(entries.count)
            entries.append(entry)
        }
        if head != Self.none { entries[Int(head)].previous = index }
        heads[key] = index
        slots[Int(slot)].firstEntry = index
    }

    private mutating func unlink(_ entry: Entry) {
        if entry.next != Self.none { entries[Int(entry.next)].previous = entry.previous }
        if entry.previous != Self.none {
            entries[Int(entry.previous)].next = entry.next
        } else {
            heads[entry.key] = entry.next == Self.none ? nil : entry.next
        }
    }
}

/// Where a session stands among the live ones of its loop. It is another session's once that one has left.
package struct LivePlace: Hashable {
    let number: UInt32
}
