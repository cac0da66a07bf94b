import PKITypes
import RevocationLists
import Synchronization

/// The certificates that one list revokes, in about 2.3 resident octets each: sixteen bits of a keyed fingerprint, in buckets.
/// The records, in the same order, are needed only to confirm a match.
///
/// A certificate without a match is not in the list, exactly. One in 4,096 of the unlisted has a match by chance, which its
/// record denies. A bucket holds sixteen entries on average; since nobody outside knows the key, hundreds are out of reach.
package final class RevokedTable: Sendable {
    /// What a table says of a certificate.
    package enum Answer: Sendable {
        case notListed
        case listed(RevokedEntry)
        /// The record has to be read from the disk first.
        case unconfirmed(UnconfirmedRecord)
        /// The record is there, and wrong.
        case damaged
    }

    static let entriesPerBucket = 16

    package let hash: SipHash
    /// Where each bucket begins, and where the last one ends.
    package let bucketStarts: [UInt32]
    package let suffixes: [UInt16]
    /// Octets of one record.
    package let recordWidth: Int
    package let records: RevokedRecords
    private let damage: Atomic<Bool>

    /// - Parameters:
    ///   - bucketStarts: at least two, ascending from 0 to the number of suffixes.
    ///   - recordWidth: of each record in `records`.
    package init?(hash: SipHash, bucketStarts: [UInt32], suffixes: [UInt16], recordWidth: Int, records: RevokedRecords) {
        guard bucketStarts.count >= 2, bucketStarts[0] == 0, bucketStarts[bucketStarts.count - 1] == suffixes.count,
            zip(bucketStarts, bucketStarts.dropFirst()).allSatisfy(<=),
            recordWidth > RevokedRecord.serialOffset, recordWidth <= RevokedRecord.maximumOctets
        else { return nil }
        self.hash = hash
        self.bucketStarts = bucketStarts
        self.suffixes = suffixes
        self.recordWidth = recordWidth
        self.records = records
        damage = Atomic(false)
    }

    package var count: Int { suffixes.count }

    /// A record did not hold what was once written: the table has to be built again from its list.
    package var isDamaged: Bool { damage.load(ordering: .relaxed) }

    static func bucketCount(for entries: Int) -> Int { max(1, entries / entriesPerBucket) }

    /// - Parameter issuer: 0 for the list's own issuer, else the ordinal of another (``ListedEntry/issuer``).
    package func answer(_ serial: SerialNumber, issuer: UInt16) -> Answer {
        let (bucket, suffix) = RevokedFingerprint(serial, issuer: issuer, hash).place(among: bucketStarts.count - 1)
        var unconfirmed: UnconfirmedRecord?
        for position in Int(bucketStarts[bucket])..<Int(bucketStarts[bucket + 1]) where suffixes[position] == suffix {
            switch record(at: position) {
            case .record(let record):
                guard record.serial == serial, record.issuer == issuer else { continue }
                guard let entry = record.entry else { return noteDamage() }
                return .listed(entry)
            case .notAtHand: unconfirmed = unconfirmed ?? UnconfirmedRecord(table: self, position: position)
            case .damaged: return noteDamage()
            }
        }
        return unconfirmed.map(Answer.unconfirmed) ?? .notListed
    }

    private enum Reading {
        case record(RevokedRecord)
        case notAtHand
        case damaged
    }

    private func record(at position: Int) -> Reading {
        var octets = RecordOctets()
        return withUnsafeMutableBytes(of: &octets) { buffer in
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<recordWidth])
            switch records.read(at: position * recordWidth, into: room) {
            case .read: break
            case .notAtHand: return .notAtHand
            case .failed: return .damaged
            }
            let mark = UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
            guard let record = RevokedRecord(UnsafeRawBufferPointer(buffer)), record.octetCount <= recordWidth,
                record.check(at: position, hash) == mark
            else { return .damaged }
            return .record(record)
        }
    }

    /// Reads a record from the disk, as long as that takes. Afterwards it is in the memory of the file system.
    fileprivate func fetch(_ position: Int) {
        var octets = RecordOctets()
        withUnsafeMutableBytes(of: &octets) { buffer in
            records.fetch(at: position * recordWidth, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<recordWidth]))
        }
    }

    private func noteDamage() -> Answer {
        damage.store(true, ordering: .relaxed)
        return .damaged
    }
}

/// A record that a lookup needs and that is not in memory.
package struct UnconfirmedRecord: Sendable {
    fileprivate let table: RevokedTable
    fileprivate let position: Int

    /// Reads it; may block. Whoever asks the table again finds it at hand.
    package func fetch() { table.fetch(position) }
}

/// Room for the longest record, on the stack.
private struct RecordOctets {
    private var words: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
}
