import PKITypes
import RevocationLists
import Synchronization

/// The certificates that one list revokes, in about 2.3 resident octets each: sixteen bits of a keyed fingerprint, in buckets.
/// The records, in the order of the list, and where each stands are needed only to confirm a match.
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
    package static let positionOctets = 4

    package let hash: SipHash
    /// Where each bucket begins, and where the last one ends.
    package let bucketStarts: [UInt32]
    package let suffixes: [UInt16]
    /// Octets of one record.
    package let recordWidth: Int
    /// As many as the list has entries, repetitions counted.
    package let recordCount: Int
    package let records: RevokedRecords
    private let damage: Atomic<Bool>

    /// - Parameters:
    ///   - bucketStarts: at least two, ascending from 0 to the number of suffixes.
    ///   - recordWidth: of each of the `recordCount` records.
    package init?(
        hash: SipHash, bucketStarts: [UInt32], suffixes: [UInt16], recordWidth: Int, recordCount: Int, records: RevokedRecords
    ) {
        guard bucketStarts.count >= 2, bucketStarts[0] == 0, bucketStarts[bucketStarts.count - 1] == suffixes.count,
            zip(bucketStarts, bucketStarts.dropFirst()).allSatisfy(<=),
            recordWidth > RevokedRecord.serialOffset, recordWidth <= RevokedRecord.maximumOctets, recordCount >= suffixes.count
        else { return nil }
        self.hash = hash
        self.bucketStarts = bucketStarts
        self.suffixes = suffixes
        self.recordWidth = recordWidth
        self.recordCount = recordCount
        self.records = records
        damage = Atomic(false)
    }

    package var count: Int { suffixes.count }

    /// Of the records and what stands behind them.
    package var recordsOctets: Int { recordCount * recordWidth + count * Self.positionOctets }

    /// A record did not hold what was once written: the table has to be built again from its list.
    package var isDamaged: Bool { damage.load(ordering: .relaxed) }

    static func bucketCount(for entries: Int) -> Int { max(1, entries / entriesPerBucket) }

    /// - Parameter issuer: 0 for the list's own issuer, else the ordinal of another (``ListedEntry/issuer``).
    package func answer(_ serial: SerialNumber, issuer: UInt16) -> Answer {
        let (bucket, suffix) = RevokedFingerprint(serial, issuer: issuer, hash).place(among: bucketStarts.count - 1)
        var unconfirmed: UnconfirmedRecord?
        for place in Int(bucketStarts[bucket])..<Int(bucketStarts[bucket + 1]) where suffixes[place] == suffix {
            switch record(at: place) {
            case .record(let record):
                guard record.serial == serial, record.issuer == issuer else {
                    // Another's record, by chance; or by damage that led to one which does not belong here.
                    let own = RevokedFingerprint(record.serial, issuer: record.issuer, hash).place(among: bucketStarts.count - 1)
                    guard own == (bucket, suffix) else { return noteDamage() }
                    continue
                }
                guard let entry = record.entry else { return noteDamage() }
                return .listed(entry)
            case .notAtHand: unconfirmed = unconfirmed ?? UnconfirmedRecord(table: self, place: place)
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

    /// - Parameter place: in the order of the table.
    private func record(at place: Int) -> Reading {
        var octets = RecordOctets()
        return withUnsafeMutableBytes(of: &octets) { buffer in
            let inOrder = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Self.positionOctets])
            switch records.read(at: positionOffset(place), into: inOrder) {
            case .read: break
            case .notAtHand: return .notAtHand
            case .failed: return .damaged
            }
            let position = Int(UInt32(littleEndian: buffer.load(as: UInt32.self)))
            guard position < recordCount else { return .damaged }
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

    private func positionOffset(_ place: Int) -> Int { recordCount * recordWidth + place * Self.positionOctets }

    /// - Parameter offset: of the first position.
    static func position(_ place: Int, behind offset: Int, in octets: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(littleEndian: octets.loadUnaligned(fromByteOffset: offset + place * positionOctets, as: UInt32.self))
    }

    /// Reads a record from the disk, as long as that takes. Afterwards it is in the memory of the file system.
    fileprivate func fetch(_ place: Int) {
        var octets = RecordOctets()
        withUnsafeMutableBytes(of: &octets) { buffer in
            let inOrder = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Self.positionOctets])
            records.fetch(at: positionOffset(place), into: inOrder)
            let position = Int(UInt32(littleEndian: buffer.load(as: UInt32.self)))
            guard position < recordCount else { return }
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
    fileprivate let place: Int

    /// Reads it; may block. Whoever asks the table again finds it at hand.
    package func fetch() { table.fetch(place) }
}

/// Room for the longest record, on the stack.
private struct RecordOctets {
    private var words: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
}
