/// Puts the records of one part of a table in order and drops repetitions. Its room is used again for the next part.
///
/// Fingerprints are spread evenly, so a pass of counting places every record in its bucket, and a bucket is short.
final class RecordSorter {
    /// Beyond it repetitions are dropped before more is taken in. A part of the longest permitted list has 3 MiB without them.
    private static let octetsBeforeCompaction = 6 << 20
    /// An order of (fingerprint, where the record lies in `octets`), in 40 and 24 bits.
    private static let offsetBits: UInt64 = 24
    /// Longer buckets, which only repetitions make, are not left to a method that takes the square of their length.
    private static let insertionLimit = 64

    private let buckets: Int
    private var octets: [UInt8] = []
    private var keys: [UInt64] = []
    private var placed: [UInt64] = []
    private var ends: [Int32] = []

    /// - Parameter buckets: how many the whole table has.
    init(buckets: Int) { self.buckets = buckets }

    func add(_ record: RevokedRecord, _ fingerprint: RevokedFingerprint) {
        keys.append(fingerprint.value << Self.offsetBits | UInt64(octets.count))
        withUnsafeTemporaryAllocation(byteCount: RevokedRecord.maximumOctets, alignment: 8) { room in
            record.write(mark: 0, to: room)
            octets.append(contentsOf: room[..<record.octetCount])
        }
    }

    /// - Parameter block: records of one part, with the low halves of their fingerprints.
    func add(_ block: UnsafeRawBufferPointer, part: Int) {
        if octets.count > Self.octetsBeforeCompaction { compact() }
        let start = octets.count
        octets.append(contentsOf: block)
        let high = UInt64(part) << 32
        var offset = 0
        while offset < block.count {
            let head = UInt64(littleEndian: block.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let low = UInt64(UInt32(littleEndian: block.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self)))
            keys.append((high | low) << Self.offsetBits | UInt64(start + offset))
            offset += RevokedRecord.serialOffset + RevokedRecord.serialOctets(head)
        }
    }

    /// Calls `body` with every certificate's record, in the order of the fingerprints, and starts anew.
    func drain(_ body: (RevokedRecord, RevokedFingerprint) throws(RecordStorageFailure) -> Void) throws(RecordStorageFailure) {
        placeKeys()
        // A record is read with the room of the longest.
        octets.append(contentsOf: repeatElement(0, count: RevokedRecord.maximumOctets))
        defer {
            octets.removeAll(keepingCapacity: true)
            keys.removeAll(keepingCapacity: true)
        }
        var start = 0
        while start < placed.count {
            let fingerprint = placed[start] >> Self.offsetBits
            var end = start + 1
            while end < placed.count, placed[end] >> Self.offsetBits == fingerprint { end += 1 }
            if end == start + 1 {
                try body(record(placed[start]), RevokedFingerprint(value: fingerprint))
            } else {
                for record in unique(placed[start..<end]) { try body(record, RevokedFingerprint(value: fingerprint)) }
            }
            start = end
        }
    }

    @inline(__always)
    private func record(_ key: UInt64) -> RevokedRecord {
        let offset = Int(key & (1 << Self.offsetBits - 1))
        let record = octets.withUnsafeBytes {
            RevokedRecord(UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + RevokedRecord.maximumOctets)]))
        }
        guard let record else { preconditionFailure("a spool does not hold what was put in") }
        return record
    }

    /// Of records with one fingerprint, which are of one certificate or, once in 2^40 pairs, of two.
    private func unique(_ keys: ArraySlice<UInt64>) -> [RevokedRecord] {
        var unique: [RevokedRecord] = []
        for key in keys {
            let record = record(key)
            if let known = unique.firstIndex(where: { $0.isOfSameCertificate(as: record) }) {
                if record.outranks(unique[known]) { unique[known] = record }
            } else {
                unique.append(record)
            }
        }
        return unique
    }

    private func compact() {
        var kept: [(RevokedRecord, RevokedFingerprint)] = []
        do throws(RecordStorageFailure) {
            try drain { record, fingerprint in kept.append((record, fingerprint)) }
        } catch {
            preconditionFailure("memory is no storage")
        }
        for (record, fingerprint) in kept { add(record, fingerprint) }
        precondition(octets.count <= Self.octetsBeforeCompaction, "a part of a table is longer than a keyed hash makes it")
    }

    /// `placed` becomes `keys` in order.
    private func placeKeys() {
        placed = [UInt64](unsafeUninitializedCapacity: keys.count) { room, count in
            count = keys.count
            guard let lowest = keys.min(), let highest = keys.max() else { return }
            let first = bucket(lowest)
            ends = [Int32](repeating: 0, count: bucket(highest) - first + 1)
            keys.withUnsafeBufferPointer { keys in
                ends.withUnsafeMutableBufferPointer { ends in
                    for key in keys { ends[bucket(key) - first] += 1 }
                    for index in ends.indices.dropFirst() { ends[index] += ends[index - 1] }
                    // From the back, so that what came first stays first, and `ends` become the beginnings.
                    for key in keys.reversed() {
                        let bucket = bucket(key) - first
                        ends[bucket] -= 1
                        room[Int(ends[bucket])] = key
                    }
                    for bucket in ends.indices {
                        let end = bucket + 1 < ends.count ? Int(ends[bucket + 1]) : keys.count
                        Self.sort(UnsafeMutableBufferPointer(rebasing: room[Int(ends[bucket])..<end]))
                    }
                }
            }
        }
    }

    @inline(__always)
    private func bucket(_ key: UInt64) -> Int {
        RevokedFingerprint(value: key >> Self.offsetBits).place(among: buckets).bucket
    }

    @inline(__always)
    private static func sort(_ keys: UnsafeMutableBufferPointer<UInt64>) {
        guard keys.count > 1 else { return }
        guard keys.count <= insertionLimit else {
            var keys = keys
            return keys.sort()
        }
        for index in 1..<keys.count {
            let key = keys[index]
            var hole = index
            while hole > 0, keys[hole - 1] > key {
                keys[hole] = keys[hole - 1]
                hole -= 1
            }
            keys[hole] = key
        }
    }
}
