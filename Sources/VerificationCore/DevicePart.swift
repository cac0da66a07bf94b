import PKITypes

/// One part of the devices: entries in the order in which they came, and an open-addressed table of their positions.
struct DevicePart: Sendable {
    enum Change {
        case added
        /// - Parameter posture: that the device had.
        case replaced(posture: UInt32)
    }

    /// Forty octets. Most devices have one credential that is good, and an answer to all others, or none yet; the rest have a
    /// detail.
    private struct Entry: Sendable {
        let identity: IdentityMark
        let credential: CredentialMark
        let key: KeyMark
        var shape: Shape
        /// Fits into what alignment would leave unused.
        let posture: UInt32
    }

    private enum Shape: Sendable {
        case none
        /// No credential; whichever comes: ask.
        case unboundAsking(DeviceState)
        /// No credential; whichever comes is refused.
        case unboundRefusing(DeviceState, RefusalReason)
        /// The one credential is good; others: ask.
        case oneAsking(DeviceState)
        /// The one credential is good; others are refused.
        case oneRefusing(DeviceState, RefusalReason)
        /// Anything else.
        case detailed(UInt16)
    }

    private final class Detail: Sendable {
        let state: DeviceState
        let credentials: [(mark: CredentialMark, key: KeyMark, answer: RegisteredDevice.Answer)]
        let answerToOthers: RegisteredDevice.Answer
        let windows: [Validity]

        init(_ device: RegisteredDevice) {
            state = device.state
            credentials = device.credentials.map { (CredentialMark($0.id, $0.key), KeyMark($0.key), $0.answer) }
            answerToOthers = device.answerToOthers
            windows = device.windows
        }
    }

    private static let maximumEntries = Int(UInt16.max) - 1

    private var entries: [Entry] = []
    private var details: [Detail?] = []
    /// One more than the position of an entry; 0 is free. A power of two, at most three quarters full.
    private var slots: [UInt16] = []

    /// Devices that need more than an entry: three times the memory.
    var detailCount: Int { details.count { $0 != nil } }

    mutating func set(_ device: RegisteredDevice, _ mark: IdentityMark, posture: UInt32) -> Change {
        if entries.count + 1 > slots.count / 4 * 3 { grow() }
        let slot = slot(of: mark)
        let known = Int(slots[slot]) - 1
        var freed: UInt16?
        if known >= 0, case .detailed(let position) = entries[known].shape {
            details[Int(position)] = nil
            freed = position
        }
        let entry = entry(of: device, mark, posture, in: freed)
        guard known < 0 else {
            let before = entries[known].posture
            entries[known] = entry
            return .replaced(posture: before)
        }
        precondition(entries.count < Self.maximumEntries, "more devices than 1,024 parts hold")
        entries.append(entry)
        slots[slot] = UInt16(entries.count)
        return .added
    }

    mutating func trim() {
        // A copy is as long as what it holds.
        entries = Array(entries[...])
        details = Array(details[...])
    }

    @inline(__always)
    func standing(of marks: DeviceMarks) -> DeviceStanding? {
        guard !slots.isEmpty else { return nil }
        let position = Int(slots[slot(of: marks.identity)]) - 1
        guard position >= 0 else { return nil }
        let entry = entries[position]
        let isTheOne = entry.credential == marks.credential
        switch entry.shape {
        case .none: return nil
        case .unboundAsking(let state): return DeviceStanding(state: state, answer: .ask, posture: entry.posture)
        case .unboundRefusing(let state, let reason):
            return DeviceStanding(state: state, answer: .refuse(reason), posture: entry.posture)
        case .oneAsking(let state): return DeviceStanding(state: state, answer: isTheOne ? .admit : .ask, posture: entry.posture)
        case .oneRefusing(let state, let reason):
            if isTheOne { return DeviceStanding(state: state, answer: .admit, posture: entry.posture) }
            let answer: RegisteredDevice.Answer = entry.key == marks.key ? .ask : .refuse(reason)
            return DeviceStanding(state: state, answer: answer, posture: entry.posture)
        case .detailed(let position):
            guard let detail = details[Int(position)] else { preconditionFailure("an entry without its detail") }
            return DeviceStanding(state: detail.state, answer: Self.answer(detail, marks), posture: entry.posture)
        }
    }

    func windows(of mark: IdentityMark) -> [Validity] {
        guard let position = position(of: mark), case .detailed(let place) = entries[position].shape else { return [] }
        return details[Int(place)]?.windows ?? []
    }

    private static func answer(_ detail: Detail, _ marks: DeviceMarks) -> RegisteredDevice.Answer {
        var isOfKnownKey = false
        for credential in detail.credentials {
            if credential.mark == marks.credential { return credential.answer }
            if credential.key == marks.key { isOfKnownKey = true }
        }
        return isOfKnownKey ? .ask : detail.answerToOthers
    }

    /// Devices that only one of them knows, or of which they say something else.
    ///
    /// - Parameter samePosture: whether a number here and one there mean the same.
    func forEachDifference(
        from old: DevicePart, samePosture: (UInt32, UInt32) -> Bool, _ body: (IdentityMark) -> Void
    ) {
        if holds(theMemoryOf: old) { return }
        for entry in entries where !old.says(theSameAs: entry, details, samePosture) { body(entry.identity) }
        for entry in old.entries where position(of: entry.identity) == nil { body(entry.identity) }
    }

    /// One of them is a copy of the other, and neither was written to since. Both live, so no two have one address by chance.
    private func holds(theMemoryOf other: DevicePart) -> Bool {
        entries.withUnsafeBufferPointer { own in
            other.entries.withUnsafeBufferPointer { own.baseAddress == $0.baseAddress && own.count == $0.count }
        }
    }

    private func position(of mark: IdentityMark) -> Int? {
        guard !slots.isEmpty else { return nil }
        let position = Int(slots[slot(of: mark)]) - 1
        return position < 0 ? nil : position
    }

    private func says(
        theSameAs other: Entry, _ otherDetails: [Detail?], _ samePosture: (UInt32, UInt32) -> Bool
    ) -> Bool {
        guard let position = position(of: other.identity) else { return false }
        let own = entries[position]
        guard own.credential == other.credential, own.key == other.key, samePosture(other.posture, own.posture) else {
            return false
        }
        switch (own.shape, other.shape) {
        case (.none, .none): return true
        case (.unboundAsking(let state), .unboundAsking(let otherState)), (.oneAsking(let state), .oneAsking(let otherState)):
            return state == otherState
        case (.unboundRefusing(let state, let reason), .unboundRefusing(let otherState, let otherReason)),
            (.oneRefusing(let state, let reason), .oneRefusing(let otherState, let otherReason)):
            return state == otherState && reason == otherReason
        case (.detailed(let place), .detailed(let otherPlace)): return details[Int(place)] === otherDetails[Int(otherPlace)]
        case (.none, _), (.unboundAsking, _), (.unboundRefusing, _), (.oneAsking, _), (.oneRefusing, _), (.detailed, _):
            return false
        }
    }

    // MARK: -

    private mutating func entry(
        of device: RegisteredDevice, _ mark: IdentityMark, _ posture: UInt32, in freed: UInt16?
    ) -> Entry {
        guard let shape = Self.plainShape(of: device) else {
            let position = freed ?? UInt16(details.count)
            if freed == nil { details.append(Detail(device)) } else { details[Int(position)] = Detail(device) }
            return Self.entry(mark, .detailed(position), posture)
        }
        guard let credential = device.credentials.first else { return Self.entry(mark, shape, posture) }
        return Entry(
            identity: mark, credential: CredentialMark(credential.id, credential.key), key: KeyMark(credential.key),
            shape: shape, posture: posture)
    }

    /// Of one whose shape tells of no credential.
    private static func entry(_ mark: IdentityMark, _ shape: Shape, _ posture: UInt32) -> Entry {
        let none = UInt64(0)
        return Entry(
            identity: mark, credential: CredentialMark(value: none), key: KeyMark(value: none), shape: shape, posture: posture)
    }

    private static func plainShape(of device: RegisteredDevice) -> Shape? {
        guard device.windows.isEmpty, device.credentials.count <= 1, device.credentials.allSatisfy({ $0.answer == .admit }) else {
            return nil
        }
        let isBound = !device.credentials.isEmpty
        return switch device.answerToOthers {
        case .ask: isBound ? .oneAsking(device.state) : .unboundAsking(device.state)
        case .refuse(let reason):
            isBound ? .oneRefusing(device.state, reason) : .unboundRefusing(device.state, reason)
        case .admit, .admitUntil: nil
        }
    }

    /// Where the identity is, or where it would be.
    @inline(__always)
    private func slot(of mark: IdentityMark) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: mark.low) & mask
        while slots[slot] != 0, entries[Int(slots[slot]) - 1].identity != mark { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        slots = [UInt16](repeating: 0, count: max(4, slots.count * 2))
        for position in entries.indices { slots[slot(of: entries[position].identity)] = UInt16(position + 1) }
    }
}
