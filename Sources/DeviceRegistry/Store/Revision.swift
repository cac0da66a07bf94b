/// How far a store's changes have come: grows by one with every transaction that changes something.
package struct Revision: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: Int64
    /// Before everything: changes since then are the whole registry.
    package static let beginning = Revision(rawValue: 0)

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    package var next: Self { Self(rawValue: rawValue + 1) }
}
