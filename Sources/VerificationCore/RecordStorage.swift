/// Reading or writing what a table needs on disk failed.
package struct RecordStorageFailure: Error, Hashable, Sendable {
    package let reason: String
    package init(reason: String) { self.reason = reason }
}

/// Where the records of one table are to go; and a word on the memory that its builder takes.
package struct RecordStore {
    /// Appends.
    let write: (RawSpan) throws(RecordStorageFailure) -> Void
    /// All that was written so far can be read, from offset 0, once this is called.
    let finish: () throws(RecordStorageFailure) -> StoredRecords
    /// Told of memory that will be filled from end to end soon, a multiple of ``largePageOctets`` that begins at one.
    let announce: (UnsafeMutableRawBufferPointer) -> Void

    static let largePageOctets = 2 << 20

    package init(
        write: @escaping (RawSpan) throws(RecordStorageFailure) -> Void,
        finish: @escaping () throws(RecordStorageFailure) -> StoredRecords,
        announce: @escaping (UnsafeMutableRawBufferPointer) -> Void = { _ in }
    ) {
        self.write = write
        self.finish = finish
        self.announce = announce
    }
}
