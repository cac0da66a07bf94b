/// Reading or writing what a table needs on disk failed.
package struct RecordStorageFailure: Error, Hashable, Sendable {
    package let reason: String
    package init(reason: String) { self.reason = reason }
}

/// A file, gone when the process is, for what a table's builder cannot hold in memory; and a word on what it can.
package struct RecordSpool {
    /// Appends.
    let write: (RawSpan) throws(RecordStorageFailure) -> Void
    /// Fills the room from an offset.
    let read: (Int, UnsafeMutableRawBufferPointer) throws(RecordStorageFailure) -> Void
    /// Told of memory that will be filled from end to end soon, a multiple of ``largePageOctets`` that begins at one.
    let announce: (UnsafeMutableRawBufferPointer) -> Void

    static let largePageOctets = 2 << 20

    package init(
        write: @escaping (RawSpan) throws(RecordStorageFailure) -> Void,
        read: @escaping (Int, UnsafeMutableRawBufferPointer) throws(RecordStorageFailure) -> Void,
        announce: @escaping (UnsafeMutableRawBufferPointer) -> Void = { _ in }
    ) {
        self.announce = announce
        self.write = write
        self.read = read
    }
}

/// Where the records of one table are to go, in their order.
package struct RecordStore {
    /// Appends.
    let write: (RawSpan) throws(RecordStorageFailure) -> Void
    /// All that was written can be read, from offset 0, once this is called.
    let finish: () throws(RecordStorageFailure) -> StoredRecords

    package init(
        write: @escaping (RawSpan) throws(RecordStorageFailure) -> Void,
        finish: @escaping () throws(RecordStorageFailure) -> StoredRecords
    ) {
        self.write = write
        self.finish = finish
    }
}
