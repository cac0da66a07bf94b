import PKITypes

/// The policies of one listener, found by identity: those whose pattern begins as the identity does, the first of them first.
///
/// A thousand policies cost what the few do whose literal beginning fits: the identity's octets are hashed once, and looked
/// up at each length that a beginning has.
package struct PolicyTable: Sendable {
    /// In the order of the configuration.
    private let policies: [AccessPolicy]
    /// Lengths of the literal beginnings, ascending.
    private let lengths: [Int]
    /// By the hash of a beginning, with linear probing; a power of two, at most half full. Empty slots have no candidates.
    private let slots: [Slot]
    /// Positions in `policies`, ascending within each slot.
    private let candidates: [Int]

    private struct Slot {
        var hash: UInt64 = 0
        var first: UInt32 = 0
        /// 0 in an empty slot.
        var count: UInt32 = 0
    }

    /// - Parameter policies: all, in order; those for other listeners are left out.
    package init(_ policies: [AccessPolicy], for listener: String) {
        self.policies = policies.filter { $0.listeners.isEmpty || $0.listeners.contains(listener) }
        let beginnings = Dictionary(grouping: self.policies.indices) { [policies = self.policies] position in
            policies[position].identity?.literalPrefix ?? []
        }
        lengths = Set(beginnings.keys.map(\.count)).sorted()
        var slots = [Slot](repeating: Slot(), count: Self.capacity(for: beginnings.count))
        var candidates: [Int] = []
        // Two beginnings of one hash share a slot: the patterns themselves have the last word.
        for (hash, positions) in Dictionary(grouping: beginnings, by: { OctetHash($0.key.span).value }) {
            var place = Self.place(hash, in: slots.count)
            while slots[place].count != 0 { place = (place + 1) & (slots.count - 1) }
            let start = candidates.count
            candidates += positions.flatMap(\.value).sorted()
            slots[place] = Slot(hash: hash, first: UInt32(start), count: UInt32(candidates.count - start))
        }
        self.slots = slots
        self.candidates = candidates
    }

    /// The first policy that selects `identity`.
    package func first(selecting identity: DeviceIdentity) -> AccessPolicy? {
        let octets = identity.text.utf8.span
        var hash = OctetHash()
        var hashed = 0
        var first = Int.max
        for length in lengths where length <= octets.count {
            while hashed < length {
                hash.add(octets[hashed])
                hashed += 1
            }
            for candidate in positions(under: hash.value) {
                let position = candidates[candidate]
                if position >= first { break }
                if policies[position].identity?.matches(octets) ?? true { first = position }
            }
        }
        return first == .max ? nil : policies[first]
    }

    /// Whether both decide alike: the same policies, in one order.
    func hold(theSameAs other: PolicyTable) -> Bool { policies == other.policies }

    private func positions(under hash: UInt64) -> Range<Int> {
        var place = Self.place(hash, in: slots.count)
        while true {
            let slot = slots[place]
            if slot.count == 0 { return 0..<0 }
            if slot.hash == hash { return Int(slot.first)..<Int(slot.first + slot.count) }
            place = (place + 1) & (slots.count - 1)
        }
    }

    private static func capacity(for count: Int) -> Int {
        var capacity = 2
        while capacity < count * 2 { capacity *= 2 }
        return capacity
    }

    /// FNV leaves beginnings that differ only in their last octet close together; a product with the golden ratio parts them.
    private static func place(_ hash: UInt64, in count: Int) -> Int {
        Int(truncatingIfNeeded: (hash &* 0x9e37_79b9_7f4a_7c15) >> 32) & (count - 1)
    }
}

/// FNV-1a of octets that come one by one. Not keyed: what stands in the table comes from the configuration alone.
private struct OctetHash {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    init() {}

    init(_ octets: Span<UInt8>) {
        for position in octets.indices { add(octets[position]) }
    }

    mutating func add(_ octet: UInt8) { value = (value ^ UInt64(octet)) &* 0x100_0000_01b3 }
}
