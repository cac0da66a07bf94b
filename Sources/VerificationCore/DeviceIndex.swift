import PKITypes

/// The registered devices as decisions see them: a million in about fifty octets each.
///
/// A value: whoever changes one device copies the part that it lies in, one of 1,024, and shares the rest with the snapshots
/// that are in use.
package struct DeviceIndex: Sendable {
    private static let partBits = 10

    private var parts = [DevicePart](repeating: DevicePart(), count: 1 << partBits)
    package private(set) var count = 0

    package init() {}

    package init(_ devices: some Sequence<RegisteredDevice>) {
        for device in devices { set(device) }
        trim()
    }

    /// Adds a device, or replaces what was known of it.
    package mutating func set(_ device: RegisteredDevice) {
        let mark = IdentityMark(device.identity)
        if parts[Self.part(of: mark)].set(device, mark) == .added { count += 1 }
    }

    /// Gives back the room that was held for growing: once, after many were added.
    package mutating func trim() {
        for part in parts.indices { parts[part].trim() }
    }

    /// Nil for an identity that is not registered.
    package func standing(of marks: DeviceMarks) -> DeviceStanding? {
        parts[Self.part(of: marks.identity)].standing(of: marks)
    }

    func forEachDifference(from old: DeviceIndex, _ body: (IdentityMark) -> Void) {
        for part in parts.indices { parts[part].forEachDifference(from: old.parts[part], body) }
    }

    @inline(__always)
    private static func part(of mark: IdentityMark) -> Int { Int(truncatingIfNeeded: mark.high) & (1 << partBits - 1) }
}

/// What is known of a device and of the credential that it showed.
package struct DeviceStanding: Equatable, Sendable {
    package let state: DeviceState
    package let answer: RegisteredDevice.Answer
}
