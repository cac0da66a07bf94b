import VerificationCore

/// Where what is needed of lists only seldom is kept beside memory.
package struct ListStorage: Sendable {
    /// A place for a table's records; nil keeps them in memory.
    let newStore: @Sendable () -> RecordStore?

    package init(newStore: @escaping @Sendable () -> RecordStore?) { self.newStore = newStore }

    package static var memory: Self { Self { nil } }
}
