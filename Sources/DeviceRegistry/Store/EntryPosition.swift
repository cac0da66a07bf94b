import PKITypes

/// How far a view has read the entries, which come by revision and number: an import gives a million of them one revision.
package struct EntryPosition: Hashable, Sendable {
    package let revision: Revision
    /// The last one of that revision; nil: all of it.
    package let number: DeviceNumber?

    package static let beginning = EntryPosition(allOf: .beginning)

    package init(allOf revision: Revision) {
        self.revision = revision
        number = nil
    }

    init(_ entry: DecisionEntry) {
        revision = entry.revision
        number = entry.number
    }

    /// Whether this entry comes later.
    package func precedes(_ entry: DecisionEntry) -> Bool {
        if entry.revision != revision { return revision < entry.revision }
        return number.map { $0 < entry.number } ?? false
    }
}
