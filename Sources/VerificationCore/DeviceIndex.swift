import PKITypes

/// The registered devices as decisions see them: a million in about fifty octets each.
///
/// A value: whoever changes one device copies the part that it lies in, one of 1,024, and shares the rest with the snapshots
/// that are in use.
package struct DeviceIndex: Sendable {
    private static let partBits = 10

    private var parts = [DevicePart](repeating: DevicePart(), count: 1 << partBits)
    private var postures = PostureTable()
    package private(set) var count = 0

    package init() {}

    package init(_ devices: some Sequence<RegisteredDevice>) {
        for device in devices { set(device) }
        trim()
    }

    /// Adds a device, or replaces what was known of it.
    package mutating func set(_ device: RegisteredDevice) {
        let mark = IdentityMark(device.identity)
        let part = Self.part(of: mark)
        // Taken before the old one is given back: one that stays keeps its number.
        let posture = postures.take(device.posture)
        switch parts[part].set(device, mark, posture: posture) {
        case .added: count += 1
        case .replaced(let before): postures.giveBack(before)
        }
    }

    /// How many devices need more memory than others.
    var detailCount: Int { parts.map(\.detailCount).reduce(0, +) }

    /// How many different postures devices have.
    package var postureCount: Int { postures.count }

    /// Gives back the room that was held for growing: once, after many were added.
    package mutating func trim() {
        for part in parts.indices { parts[part].trim() }
    }

    /// Nil for an identity that is not registered.
    package func standing(of marks: DeviceMarks) -> DeviceStanding? {
        parts[Self.part(of: marks.identity)].standing(of: marks)
    }

    /// Nil: nothing is known of it.
    func posture(_ number: UInt32) -> Posture? { postures[number] }

    /// What was granted to a device.
    func windows(of marks: DeviceMarks) -> [Validity] { parts[Self.part(of: marks.identity)].windows(of: marks.identity) }

    func forEachDifference(from old: DeviceIndex, _ body: (IdentityMark) -> Void) {
        for part in parts.indices {
            parts[part].forEachDifference(from: old.parts[part], samePosture: { postures[$0] == old.postures[$1] }, body)
        }
    }

    @inline(__always)
    private static func part(of mark: IdentityMark) -> Int { Int(truncatingIfNeeded: mark.high) & (1 << partBits - 1) }
}

/// What is known of a device and of the credential that it showed.
package struct DeviceStanding: Equatable, Sendable {
    package let state: DeviceState
    package let answer: RegisteredDevice.Answer
    /// Its number in the table of postures.
    let posture: UInt32

    init(state: DeviceState, answer: RegisteredDevice.Answer, posture: UInt32 = PostureTable.none) {
        self.state = state
        self.answer = answer
        self.posture = posture
    }
}
