/// Writes a table down from its records in order.
struct RevokedTableWriter: ~Copyable {
    /// Octets that are gathered before they are written.
    private static let blockOctets = 64 << 10

    let bucketCount: Int
    private let hash: SipHash
    private let recordWidth: Int
    private let store: RecordStore?
    private var bucketStarts: [UInt32] = []
    private var suffixes: [UInt16] = []
    /// Without a store.
    private var resident: [UInt8] = []
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockOctets, alignment: 64)
    private var fill = 0

    /// - Parameters:
    ///   - entries: at least as many as there will be records.
    ///   - store: nil keeps the records in memory.
    init(hash: SipHash, entries: Int, recordWidth: Int, store: RecordStore?) {
        self.hash = hash
        self.recordWidth = recordWidth
        self.store = store
        bucketCount = RevokedTable.bucketCount(for: entries)
        bucketStarts.reserveCapacity(bucketCount + 1)
        suffixes.reserveCapacity(entries)
        if store == nil { resident.reserveCapacity(entries * recordWidth) }
    }

    deinit { block.deallocate() }

    @inline(__always)
    mutating func append(_ record: RevokedRecord, _ fingerprint: RevokedFingerprint) throws(RecordStorageFailure) {
        let (bucket, suffix) = fingerprint.place(among: bucketCount)
        while bucketStarts.count <= bucket { bucketStarts.append(UInt32(suffixes.count)) }
        if fill > Self.blockOctets - RevokedRecord.maximumOctets { try flush() }
        // The next record, or the end of the block, takes back what lies beyond the table's width.
        record.write(
            mark: record.check(at: suffixes.count, hash), to: UnsafeMutableRawBufferPointer(rebasing: block[fill...]))
        fill += recordWidth
        suffixes.append(suffix)
    }

    private mutating func flush() throws(RecordStorageFailure) {
        let octets = UnsafeRawBufferPointer(rebasing: block[..<fill])
        fill = 0
        if let store { try store.write(octets.bytes) } else { resident.append(contentsOf: octets) }
    }

    consuming func finish() throws(RecordStorageFailure) -> RevokedTable {
        while bucketStarts.count <= bucketCount { bucketStarts.append(UInt32(suffixes.count)) }
        try flush()
        let stored = try store.map { store throws(RecordStorageFailure) in RevokedRecords.stored(try store.finish()) }
        let table = RevokedTable(
            hash: hash, bucketStarts: bucketStarts, suffixes: suffixes, recordWidth: recordWidth,
            records: stored ?? .resident(resident)
        )
        guard let table else { preconditionFailure("a table was written out of order") }
        return table
    }
}
