import PKITypes
import RevocationLists

/// Folds the entries of one list, as they come, into a table. Beside the table itself a few MiB of memory are enough.
///
/// When an issuer lists a certificate twice, a revocation outranks its lifting, and the earliest one stands.
package struct RevokedTableBuilder: ~Copyable {
    /// A table up to so many entries keeps its records in memory: 150 KiB, less than a file is worth.
    package static let residentRecordsMaximum = 4096

    private let hash: SipHash
    private let file: RecordSpool?
    /// Until there are too many.
    private var few: [RevokedRecord] = []
    private var spool: EntrySpool?
    private var longestSerial = 1
    /// Each repetition counted.
    private var count = 0

    /// - Parameters:
    ///   - hash: with a key that nobody outside knows.
    ///   - file: holds what would take too much memory. Without one all entries stay in memory until the table is finished.
    package init(hash: SipHash, file: RecordSpool?) {
        self.hash = hash
        self.file = file
    }

    package mutating func append(_ entry: ListedEntry) {
        guard let issuer = UInt16(exactly: entry.issuer) else { preconditionFailure("a list of more issuers than are permitted") }
        let revoked = RevokedEntry(serial: entry.serial, reason: entry.reason, revokedAt: entry.revokedAt)
        append(RevokedRecord(revoked, issuer: issuer))
    }

    private mutating func append(_ record: RevokedRecord) {
        count += 1
        longestSerial = max(longestSerial, Int(record.serial.count))
        if let spool { return spool.append(record, RevokedFingerprint(record.serial, issuer: record.issuer, hash)) }
        few.append(record)
        guard few.count > Self.residentRecordsMaximum else { return }
        let spool = EntrySpool(file: file)
        for record in few { spool.append(record, RevokedFingerprint(record.serial, issuer: record.issuer, hash)) }
        few = []
        self.spool = spool
    }

    /// - Parameter store: asked for a place for so many octets of records at most; nil keeps them in memory. A small table does
    ///   not ask.
    package consuming func finish(
        in store: (_ octets: Int) throws(RecordStorageFailure) -> RecordStore?
    ) throws(RecordStorageFailure) -> RevokedTable {
        let width = RevokedRecord.serialOffset + longestSerial
        let place = spool == nil ? nil : try store(count * width)
        var writer = RevokedTableWriter(hash: hash, entries: count, recordWidth: width, store: place)
        let sorter = RecordSorter(buckets: writer.bucketCount)
        if let spool {
            for part in 0..<EntrySpool.partCount {
                try spool.take(part) { sorter.add($0, part: part) }
                try sorter.drain { record, fingerprint throws(RecordStorageFailure) in try writer.append(record, fingerprint) }
            }
        } else {
            for record in few { sorter.add(record, RevokedFingerprint(record.serial, issuer: record.issuer, hash)) }
            try sorter.drain { record, fingerprint throws(RecordStorageFailure) in try writer.append(record, fingerprint) }
        }
        return try writer.finish()
    }
}

/// Writes a table down from its records in order.
private struct RevokedTableWriter: ~Copyable {
    /// Octets that are gathered before they are written.
    private static let blockOctets = 256 << 10

    let bucketCount: Int
    private let hash: SipHash
    private let recordWidth: Int
    private let store: RecordStore?
    private var bucketStarts: [UInt32] = []
    private var suffixes: [UInt16] = []
    private var octets: [UInt8] = []

    init(hash: SipHash, entries: Int, recordWidth: Int, store: RecordStore?) {
        self.hash = hash
        self.recordWidth = recordWidth
        self.store = store
        bucketCount = RevokedTable.bucketCount(for: entries)
        bucketStarts.reserveCapacity(bucketCount + 1)
        suffixes.reserveCapacity(entries)
        octets.reserveCapacity((store == nil ? entries * recordWidth : Self.blockOctets) + RevokedRecord.maximumOctets)
    }

    @inline(__always)
    mutating func append(_ record: RevokedRecord, _ fingerprint: RevokedFingerprint) throws(RecordStorageFailure) {
        let (bucket, suffix) = fingerprint.place(among: bucketCount)
        while bucketStarts.count <= bucket { bucketStarts.append(UInt32(suffixes.count)) }
        let mark = record.check(at: suffixes.count, hash)
        suffixes.append(suffix)
        withUnsafeTemporaryAllocation(byteCount: RevokedRecord.maximumOctets, alignment: 8) { room in
            record.write(mark: mark, to: room)
            octets.append(contentsOf: room[..<recordWidth])
        }
        if store != nil, octets.count >= Self.blockOctets { try flush() }
    }

    private mutating func flush() throws(RecordStorageFailure) {
        guard let store, !octets.isEmpty else { return }
        try store.write(octets.span.bytes)
        octets.removeAll(keepingCapacity: true)
    }

    consuming func finish() throws(RecordStorageFailure) -> RevokedTable {
        while bucketStarts.count <= bucketCount { bucketStarts.append(UInt32(suffixes.count)) }
        try flush()
        let records = try store.map { store throws(RecordStorageFailure) in RevokedRecords.stored(try store.finish()) }
        let table = RevokedTable(
            hash: hash, bucketStarts: bucketStarts, suffixes: suffixes, recordWidth: recordWidth,
            records: records ?? .resident(octets)
        )
        guard let table else { preconditionFailure("a table was written out of order") }
        return table
    }
}
