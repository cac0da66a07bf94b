/// The number of a device in one registry: given once, in sequence from 1, never given again. Tables can be indexed by it.
package struct DeviceNumber: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
