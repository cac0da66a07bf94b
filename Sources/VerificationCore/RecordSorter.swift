/// Puts the records of one part of a table in order and drops repetitions. Its room is used again for the next part.
///
/// Fingerprints are spread evenly, so a pass of counting places every record in its bucket, and a bucket is short.
final class RecordSorter {
    /// A key is an order: a fingerprint in 40 bits, and where its record lies in `octets` in 24.
    private static let offsetBits: UInt64 = 24
    /// Longer runs, which only repetitions make, are not left to a method that takes the square of their length.
    private static let insertionLimit = 64
    private static let shortestRecord = RevokedRecord.serialOffset + 1
    /// The counting pass tells apart so many places of a bucket, and leaves two records a place to be sorted. With more the
    /// product that finds a place would not fit into a word.
    private static let placesOfBucket = 8

    /// Of all buckets of the table.
    private let places: Int
    /// Beyond so many octets repetitions are dropped before more is taken in. Without them no part is twice the average: the
    /// fingerprints are spread by a key that nobody knows.
    private let octetsBeforeCompaction: Int
    /// Of which `count` are filled; behind them is room for a longest record, which is the least that is read at once.
    private var octets = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var count = 0
    private var keys = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 1 << 12)
    private var keyCount = 0
    private var placed = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 1 << 12)
    private var ends: [Int32] = []

    /// - Parameters:
    ///   - buckets: how many the whole table has.
    ///   - octetsOfPart: how many one part has on average; at most 8 MiB less a block, which an offset can point into.
    init(buckets: Int, octetsOfPart: Int) {
        places = buckets * Self.placesOfBucket
        octetsBeforeCompaction = 2 * octetsOfPart + (1 << 16)
    }

    deinit {
        octets.deallocate()
        keys.deallocate()
        placed.deallocate()
    }

    private func reserve(octets more: Int, keys moreKeys: Int) {
        if count + more + RevokedRecord.maximumOctets > octets.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(2 * octets.count, count + more + RevokedRecord.maximumOctets), alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: octets[..<count]))
            octets.deallocate()
            octets = larger
        }
        if keyCount + moreKeys > keys.count {
            let larger = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: max(2 * keys.count, keyCount + moreKeys))
            _ = larger.initialize(from: keys[..<keyCount])
            keys.deallocate()
            keys = larger
            placed.deallocate()
            placed = .allocate(capacity: larger.count)
        }
    }

    func add(_ record: RevokedRecord, _ fingerprint: RevokedFingerprint) {
        reserve(octets: record.octetCount, keys: 1)
        record.write(mark: 0, to: UnsafeMutableRawBufferPointer(rebasing: octets[count...]))
        keys[keyCount] = fingerprint.value << Self.offsetBits | UInt64(count)
        keyCount += 1
        count += record.octetCount
    }

    /// - Parameter block: records of one part, with the low halves of their fingerprints.
    func add(_ block: UnsafeRawBufferPointer, part: Int) {
        if count > octetsBeforeCompaction { compact() }
        reserve(octets: block.count, keys: block.count / Self.shortestRecord)
        UnsafeMutableRawBufferPointer(rebasing: octets[count...]).copyMemory(from: block)
        let high = UInt64(part) << 32
        let (end, octets, keys) = (count + block.count, octets, keys)
        var (offset, key) = (count, keyCount)
        while offset < end {
            let head = UInt64(littleEndian: octets.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let low = UInt64(UInt32(littleEndian: octets.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self)))
            keys[key] = (high | low) << Self.offsetBits | UInt64(offset)
            key += 1
            offset += RevokedRecord.serialOffset + RevokedRecord.serialOctets(head)
        }
        (count, keyCount) = (end, key)
    }

    /// Writes every certificate's record, in the order of the fingerprints, and starts anew.
    func drain(into writer: inout RevokedTableWriter) throws(RecordStorageFailure) {
        placeKeys()
        let (octets, placed, count) = (octets, placed, keyCount)
        (self.count, keyCount) = (0, 0)
        var start = 0
        while start < count {
            let fingerprint = placed[start] >> Self.offsetBits
            var end = start + 1
            while end < count, placed[end] >> Self.offsetBits == fingerprint { end += 1 }
            if end == start + 1 {
                try writer.append(Self.record(placed[start], octets), RevokedFingerprint(value: fingerprint))
            } else {
                for record in Self.unique(placed[start..<end], octets) {
                    try writer.append(record, RevokedFingerprint(value: fingerprint))
                }
            }
            start = end
        }
    }

    @inline(__always)
    private static func record(_ key: UInt64, _ octets: UnsafeMutableRawBufferPointer) -> RevokedRecord {
        let offset = Int(key & (1 << offsetBits - 1))
        guard let record = RevokedRecord(UnsafeRawBufferPointer(rebasing: octets[offset...])) else {
            preconditionFailure("a spool does not hold what was put in")
        }
        return record
    }

    /// Of records with one fingerprint, which are of one certificate or, once in 2^40 pairs, of two.
    private static func unique(
        _ keys: Slice<UnsafeMutableBufferPointer<UInt64>>, _ octets: UnsafeMutableRawBufferPointer
    ) -> [RevokedRecord] {
        var unique: [RevokedRecord] = []
        for key in keys {
            let record = record(key, octets)
            if let known = unique.firstIndex(where: { $0.isOfSameCertificate(as: record) }) {
                if record.outranks(unique[known]) { unique[known] = record }
            } else {
                unique.append(record)
            }
        }
        return unique
    }

    private func compact() {
        placeKeys()
        var kept: [(RevokedRecord, RevokedFingerprint)] = []
        var start = 0
        while start < keyCount {
            let fingerprint = placed[start] >> Self.offsetBits
            let end = placed[start..<keyCount].firstIndex { $0 >> Self.offsetBits != fingerprint } ?? keyCount
            kept += Self.unique(placed[start..<end], octets).map { ($0, RevokedFingerprint(value: fingerprint)) }
            start = end
        }
        (count, keyCount) = (0, 0)
        for (record, fingerprint) in kept { add(record, fingerprint) }
        precondition(count <= octetsBeforeCompaction, "a part of a table is longer than a keyed hash makes it")
    }

    /// `placed` becomes `keys` in order.
    private func placeKeys() {
        let keys = UnsafeMutableBufferPointer(rebasing: keys[..<keyCount])
        guard let lowest = keys.min(), let highest = keys.max() else { return }
        let placed = UnsafeMutableBufferPointer(rebasing: placed[..<keyCount])
        let (places, first) = (places, Self.place(lowest, places))
        var ends = ends
        self.ends = []
        ends.removeAll(keepingCapacity: true)
        ends.append(contentsOf: repeatElement(0, count: Self.place(highest, places) - first + 1))
        let longestRun = ends.withUnsafeMutableBufferPointer { ends in
            for key in keys { ends[Self.place(key, places) - first] += 1 }
            var (end, longest) = (0 as Int32, 0 as Int32)
            for index in ends.indices {
                longest = max(longest, ends[index])
                end += ends[index]
                ends[index] = end
            }
            // From the back, so that what came first stays first.
            for index in keys.indices.reversed() {
                let place = Self.place(keys[index], places) - first
                ends[place] -= 1
                placed[Int(ends[place])] = keys[index]
            }
            return Int(longest)
        }
        self.ends = ends
        Self.sort(placed, longestRun: longestRun)
    }

    @inline(__always)
    private static func place(_ key: UInt64, _ places: Int) -> Int {
        RevokedFingerprint(value: key >> offsetBits).place(among: places).bucket
    }

    /// Puts keys in order of which none is further than a run from its place.
    private static func sort(_ keys: UnsafeMutableBufferPointer<UInt64>, longestRun: Int) {
        guard longestRun <= insertionLimit else {
            var keys = keys
            return keys.sort()
        }
        var before: UInt64 = 0
        for index in keys.indices {
            let key = keys[index]
            guard key < before else {
                before = key
                continue
            }
            var hole = index
            while hole > 0, keys[hole - 1] > key {
                keys[hole] = keys[hole - 1]
                hole -= 1
            }
            keys[hole] = key
        }
    }
}
