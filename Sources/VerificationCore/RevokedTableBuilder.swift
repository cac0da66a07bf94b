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
    private let memoryOctets: Int
    /// Until there are too many.
    private var few: [ListedEntry] = []
    private var spool: EntrySpool?
    private var longestSerial = 1
    /// Each repetition counted.
    private var count = 0

    /// - Parameters:
    ///   - hash: with a key that nobody outside knows.
    ///   - file: holds what would take too much memory. Without one all entries stay in memory until the table is finished.
    ///   - memoryOctets: how much of the entries stays in memory all the same; unless told otherwise, four hundred thousand of
    ///     the usual length.
    package init(hash: SipHash, file: RecordSpool?, memoryOctets: Int = 12 << 20) {
        self.memoryOctets = memoryOctets
        self.hash = hash
        self.file = file
    }

    package mutating func append(_ entries: [ListedEntry]) {
        count += entries.count
        if let spool {
            longestSerial = max(longestSerial, spool.append(entries.span))
            return
        }
        few += entries
        guard few.count > Self.residentRecordsMaximum else { return }
        let spool = EntrySpool(hash: hash, file: file, memoryOctets: memoryOctets)
        longestSerial = max(longestSerial, spool.append(few.span))
        few = []
        self.spool = spool
    }

    /// - Parameter store: asked for a place for so many octets of records at most; nil keeps them in memory. A small table does
    ///   not ask.
    package consuming func finish(
        in store: (_ octets: Int) throws(RecordStorageFailure) -> RecordStore?
    ) throws(RecordStorageFailure) -> RevokedTable {
        for entry in few { longestSerial = max(longestSerial, Int(entry.serial.count)) }
        let width = RevokedRecord.serialOffset + longestSerial
        let place = spool == nil ? nil : try store(count * width)
        var writer = RevokedTableWriter(hash: hash, entries: count, recordWidth: width, store: place)
        let parts = spool == nil ? 1 : EntrySpool.partCount
        let sorter = RecordSorter(buckets: writer.bucketCount, octetsOfPart: count * RevokedRecord.maximumOctets / parts)
        if let spool {
            for part in 0..<EntrySpool.partCount {
                try spool.forEachBlock(of: part) { sorter.add($0, part: part) }
                try sorter.drain(into: &writer)
            }
        } else {
            for entry in few {
                let record = RevokedRecord(entry)
                sorter.add(record, RevokedFingerprint(record.serial, issuer: record.issuer, hash))
            }
            try sorter.drain(into: &writer)
        }
        return try writer.finish()
    }
}
