/// Puts the keys of one part of a table in order. Its room is used again for the next part.
///
/// Fingerprints are spread evenly, so a pass of counting places every key in its bucket, and a bucket is short.
struct KeySorter: ~Copyable {
    /// Longer runs, which only repetitions make, are not left to a method that takes the square of their length.
    private static let insertionLimit = 64
    /// The counting pass tells apart so many places of a bucket, and leaves two keys a place to be sorted. With more the
    /// product that finds a place would not fit into a word.
    private static let placesOfBucket = 8

    /// Of all buckets of the table.
    private let places: Int
    private var placed = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 1 << 13)
    /// Where the next key of each place goes.
    private var starts: [Int32] = []

    /// - Parameter buckets: how many the whole table has.
    init(buckets: Int) { places = buckets * Self.placesOfBucket }

    deinit { placed.deallocate() }

    /// Hands the part's keys over in order.
    mutating func sort(
        _ keys: KeyParts, part: Int, _ body: (UnsafeBufferPointer<UInt64>) throws(RecordStorageFailure) -> Void
    ) throws(RecordStorageFailure) {
        let count = keys.keyCount(of: part)
        guard count > 0 else { return }
        if count > placed.count {
            placed.deallocate()
            placed = .allocate(capacity: max(count, 2 * placed.count))
        }
        let longestRun = place(keys, part: part)
        let sorted = UnsafeMutableBufferPointer(rebasing: placed[..<count])
        Self.sort(sorted, longestRun: longestRun)
        try body(UnsafeBufferPointer(sorted))
    }

    /// `placed` becomes the part's keys, each in its place. Returns how many the fullest place has.
    private mutating func place(_ keys: KeyParts, part: Int) -> Int {
        let (places, placed) = (places, placed)
        let range = keys.fingerprints(of: part)
        let first = RevokedFingerprint(value: range.lowerBound).place(among: places).bucket
        let last = RevokedFingerprint(value: range.upperBound).place(among: places).bucket
        starts.removeAll(keepingCapacity: true)
        starts.append(contentsOf: repeatElement(0, count: last - first + 1))
        return starts.withUnsafeMutableBufferPointer { starts in
            keys.forEachKey(of: part) { starts[Self.place($0, places) - first] += 1 }
            var (sum, longest) = (0 as Int32, 0 as Int32)
            for index in starts.indices {
                let run = starts[index]
                longest = max(longest, run)
                starts[index] = sum
                sum += run
            }
            keys.forEachKey(of: part) { key in
                let place = Self.place(key, places) - first
                placed[Int(starts[place])] = key
                starts[place] += 1
            }
            return Int(longest)
        }
    }

    @inline(__always)
    private static func place(_ key: UInt64, _ places: Int) -> Int {
        KeyParts.fingerprint(key).place(among: places).bucket
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
