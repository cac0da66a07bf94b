/// Writes a table down from its keys in order.
struct RevokedTableWriter: ~Copyable {
    let bucketCount: Int
    private let hash: SipHash
    private let log: RecordLog
    private var bucketStarts: [UInt32] = []
    private var suffixes: [UInt16] = []

    /// - Parameter log: holds all records.
    init(hash: SipHash, log: RecordLog) {
        self.hash = hash
        self.log = log
        bucketCount = RevokedTable.bucketCount(for: log.count)
        bucketStarts.reserveCapacity(bucketCount + 1)
        suffixes.reserveCapacity(log.count)
    }

    /// - Parameter keys: all that have the fingerprints which are among them.
    mutating func append(_ keys: UnsafeBufferPointer<UInt64>) throws(RecordStorageFailure) {
        var start = 0
        while start < keys.count {
            let fingerprint = KeyParts.fingerprint(keys[start])
            var end = start + 1
            while end < keys.count, KeyParts.fingerprint(keys[end]).value == fingerprint.value { end += 1 }
            if end == start + 1 {
                try append(keys[start], fingerprint)
            } else {
                for key in try log.unique(keys[start..<end]) { try append(key, fingerprint) }
            }
            start = end
        }
    }

    @inline(__always)
    private mutating func append(_ key: UInt64, _ fingerprint: RevokedFingerprint) throws(RecordStorageFailure) {
        let (bucket, suffix) = fingerprint.place(among: bucketCount)
        while bucketStarts.count <= bucket { bucketStarts.append(UInt32(suffixes.count)) }
        try log.append(position: KeyParts.position(key))
        suffixes.append(suffix)
    }

    consuming func finish() throws(RecordStorageFailure) -> RevokedTable {
        while bucketStarts.count <= bucketCount { bucketStarts.append(UInt32(suffixes.count)) }
        let records = try log.finish(counting: suffixes.count)
        let table = RevokedTable(
            hash: hash, bucketStarts: bucketStarts, suffixes: suffixes, recordWidth: log.width, recordCount: log.count,
            records: records
        )
        guard let table else { preconditionFailure("a table was written out of order") }
        return table
    }
}
