import VerificationCore

/// Where what is needed of lists only seldom is kept beside memory.
package struct ListStorage: Sendable {
    /// Room for what a table's builder cannot hold, until the table is finished.
    let spool: @Sendable () -> RecordSpool?
    /// A place for so many octets of a table's records; nil keeps them in memory.
    let store: @Sendable (_ octets: Int) throws(RecordStorageFailure) -> RecordStore?

    package init(
        spool: @escaping @Sendable () -> RecordSpool?,
        store: @escaping @Sendable (_ octets: Int) throws(RecordStorageFailure) -> RecordStore?
    ) {
        self.spool = spool
        self.store = store
    }

    package static var memory: Self { Self(spool: { nil }, store: { _ throws(RecordStorageFailure) in nil }) }
}
