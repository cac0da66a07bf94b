import PKITypes
import RevocationLists

/// Folds the entries of one list, as they come, into a table. Beside the table itself eight octets an entry and a few hundred KiB
/// of memory are enough, where there is a store.
///
/// When an issuer lists a certificate twice, a revocation outranks its lifting, and the earliest one stands.
package struct RevokedTableBuilder: ~Copyable {
    /// A table up to so many entries keeps its records in memory: 150 KiB, less than a file is worth.
    package static let residentRecordsMaximum = 4096

    private let hash: SipHash
    private let newStore: () throws(RecordStorageFailure) -> RecordStore?
    /// Until there are too many.
    private var few: [ListedEntry] = []
    private var log: RecordLog?
    private var keys: KeyParts?
    /// Told at the end.
    private var failure: RecordStorageFailure?

    /// - Parameters:
    ///   - hash: with a key that nobody outside knows.
    ///   - newStore: asked for a place for the records of a table that is not small, and once again when serial numbers become
    ///     longer on the way; nil keeps them in memory.
    package init(hash: SipHash, newStore: @escaping () throws(RecordStorageFailure) -> RecordStore? = { nil }) {
        self.hash = hash
        self.newStore = newStore
    }

    package mutating func append(_ entries: [ListedEntry]) {
        guard failure == nil else { return }
        do throws(RecordStorageFailure) {
            if let log, let keys { return try log.append(entries.span, keys: keys) }
            few += entries
            guard few.count > Self.residentRecordsMaximum else { return }
            try beginLog(.ofMany, newStore: newStore)
            few = []
        } catch {
            failure = error
        }
    }

    private mutating func beginLog(
        _ partBits: KeyParts.PartBits, newStore: @escaping () throws(RecordStorageFailure) -> RecordStore?
    ) throws(RecordStorageFailure) {
        let longest = few.reduce(1) { max($0, Int($1.serial.count)) }
        let log = try RecordLog(hash: hash, width: RevokedRecord.serialOffset + longest, newStore: newStore)
        let keys = KeyParts(partBits, announce: log.announce)
        (self.log, self.keys) = (log, keys)
        try log.append(few.span, keys: keys)
    }

    package consuming func finish() throws(RecordStorageFailure) -> RevokedTable {
        if let failure { throw failure }
        if log == nil { try beginLog(.ofFew) { () throws(RecordStorageFailure) in nil } }
        guard let log, let keys else { preconditionFailure("a table without a log") }
        var writer = RevokedTableWriter(hash: hash, log: log)
        var sorter = KeySorter(buckets: writer.bucketCount)
        for part in 0..<keys.count {
            try sorter.sort(keys, part: part) { sorted throws(RecordStorageFailure) in try writer.append(sorted) }
        }
        return try writer.finish()
    }
}
