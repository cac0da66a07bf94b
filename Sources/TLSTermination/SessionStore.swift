import PKITypes
import TLSStream

/// Sessions by their id: bounded, the oldest goes first. Pure; whoever shares it guards it.
package struct SessionStore<Session: Sendable>: Sendable {
    package struct Bounds: Hashable, Sendable {
        package let entries: Int
        package let octets: Int
        /// So that one device, which may come back as often as it likes, does not drive out the sessions of the others.
        package let entriesOfOneDevice: Int

        package init(entries: Int, octets: Int, entriesOfOneDevice: Int) {
            precondition(entries > 0 && octets > 0 && entriesOfOneDevice > 0, "a store that holds nothing")
            self.entries = entries
            self.octets = octets
            self.entriesOfOneDevice = entriesOfOneDevice
        }
    }

    package struct Entry: Sendable {
        package let session: Session
        package let device: DeviceIdentity
        /// What it takes up.
        package let octets: Int
        /// Outside of it nobody gets the session.
        package let period: Validity

        package init(session: Session, device: DeviceIdentity, octets: Int, period: Validity) {
            self.session = session
            self.device = device
            self.octets = octets
            self.period = period
        }
    }

    /// A place in the order of age, which is a list through the slots.
    private struct Slot {
        let id: SessionID
        let entry: Entry
        var older: Int?
        var newer: Int?
    }

    private let bounds: Bounds
    private var slots: [Slot?] = []
    private var freeSlots: [Int] = []
    private var positions: [SessionID: Int] = [:]
    /// Oldest first.
    private var positionsByDevice: [DeviceIdentity: [Int]] = [:]
    private var oldest: Int?
    private var newest: Int?
    package private(set) var octetCount = 0
    /// Sessions that were still good and went for others.
    package private(set) var evictions: UInt64 = 0

    package init(_ bounds: Bounds) { self.bounds = bounds }

    package var count: Int { positions.count }

    /// A session that is larger than the whole store is not kept.
    package mutating func insert(_ entry: Entry, as id: SessionID, at now: UnixSeconds) {
        remove(id)
        guard entry.octets <= bounds.octets, entry.period.contains(now) else { return }
        while let oldest, let slot = slots[oldest], !slot.entry.period.contains(now) { remove(at: oldest) }
        if let own = positionsByDevice[entry.device], own.count >= bounds.entriesOfOneDevice { evict(own[0]) }
        while let oldest, count >= bounds.entries || octetCount + entry.octets > bounds.octets { evict(oldest) }
        append(Slot(id: id, entry: entry, older: newest, newer: nil))
    }

    /// The session, which stays.
    package mutating func session(_ id: SessionID, at now: UnixSeconds) -> Session? {
        guard let position = positions[id], let slot = slots[position] else { return nil }
        if slot.entry.period.contains(now) { return slot.entry.session }
        remove(at: position)
        return nil
    }

    /// The session, which goes: the next who asks does not get it.
    package mutating func take(_ id: SessionID, at now: UnixSeconds) -> Session? {
        let session = session(id, at: now)
        remove(id)
        return session
    }

    package mutating func remove(_ id: SessionID) {
        if let position = positions[id] { remove(at: position) }
    }

    /// How many there were.
    @discardableResult
    package mutating func removeAll(of device: DeviceIdentity) -> Int {
        let own = positionsByDevice[device] ?? []
        own.forEach { remove(at: $0) }
        return own.count
    }

    private mutating func evict(_ position: Int) {
        evictions += 1
        remove(at: position)
    }

    private mutating func append(_ slot: Slot) {
        let position = freeSlots.popLast() ?? slots.count
        if position == slots.count { slots.append(slot) } else { slots[position] = slot }
        if let newest { slots[newest]?.newer = position } else { oldest = position }
        newest = position
        positions[slot.id] = position
        positionsByDevice[slot.entry.device, default: []].append(position)
        octetCount += slot.entry.octets
    }

    private mutating func remove(at position: Int) {
        guard let slot = slots[position] else { preconditionFailure("an empty slot in the order of age") }
        slots[position] = nil
        freeSlots.append(position)
        if let older = slot.older { slots[older]?.newer = slot.newer } else { oldest = slot.newer }
        if let newer = slot.newer { slots[newer]?.older = slot.older } else { newest = slot.older }
        positions[slot.id] = nil
        octetCount -= slot.entry.octets
        positionsByDevice[slot.entry.device]?.removeAll { $0 == position }
        if positionsByDevice[slot.entry.device]?.isEmpty == true { positionsByDevice[slot.entry.device] = nil }
    }
}
