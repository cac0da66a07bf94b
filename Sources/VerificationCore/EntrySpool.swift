import RevocationLists

/// The entries of a list on their way into a table, parted by the first octet of their fingerprints: in memory up to a budget,
/// beyond it in a file.
///
/// A part is small enough to be put in order inside the processor's cache, and the parts in sequence are the table.
final class EntrySpool {
    static let partCount = 256
    /// Octets that are gathered for a part before they are put away.
    private static let blockOctets = 16 << 10

    /// Full blocks share allocations of this size, which go back to the system as a whole.
    private static let slabOctets = RecordSpool.largePageOctets

    private enum Block {
        case kept(slab: Int, offset: Int, octets: Int)
        case written(offset: Int, octets: Int)
    }

    private let hash: SipHash
    /// One block a part, being filled; and how far each is.
    private let open: UnsafeMutableRawBufferPointer
    private let fills: UnsafeMutableBufferPointer<Int>
    private var blocks = [[Block]](repeating: [], count: partCount)
    private var slabs: [UnsafeMutableRawBufferPointer] = []
    private var slabFill = slabOctets
    private var writtenOctets = 0
    private let file: RecordSpool?
    /// Octets of full blocks that stay in memory all the same.
    private let memoryOctets: Int
    private var fileIsFull = false

    /// - Parameter file: without one everything is kept in memory.
    init(hash: SipHash, file: RecordSpool?, memoryOctets: Int) {
        self.memoryOctets = memoryOctets
        self.hash = hash
        self.file = file
        open = .allocate(byteCount: Self.partCount * Self.blockOctets, alignment: RecordSpool.largePageOctets)
        file?.announce(open)
        fills = .allocate(capacity: Self.partCount)
        fills.initialize(repeating: 0)
    }

    deinit {
        open.deallocate()
        fills.deallocate()
        for slab in slabs { slab.deallocate() }
    }

    /// Returns the length of the longest serial number.
    func append(_ entries: Span<ListedEntry>) -> Int {
        var longest = 0
        for index in entries.indices {
            let record = RevokedRecord(entries[index])
            longest = max(longest, Int(record.serial.count))
            let fingerprint = RevokedFingerprint(record.serial, issuer: record.issuer, hash)
            let part = Int(fingerprint.value >> 32)
            if fills[part] > Self.blockOctets - RevokedRecord.maximumOctets { putAway(part) }
            let start = part * Self.blockOctets + fills[part]
            let room = UnsafeMutableRawBufferPointer(rebasing: open[start..<(start + RevokedRecord.maximumOctets)])
            record.write(mark: UInt32(truncatingIfNeeded: fingerprint.value), to: room)
            fills[part] += record.octetCount
        }
        return longest
    }

    private func filled(_ part: Int) -> UnsafeRawBufferPointer {
        let start = part * Self.blockOctets
        return UnsafeRawBufferPointer(rebasing: open[start..<(start + fills[part])])
    }

    private func putAway(_ part: Int) {
        let octets = filled(part)
        fills[part] = 0
        if slabs.count * Self.slabOctets >= memoryOctets, let file, !fileIsFull {
            do throws(RecordStorageFailure) {
                try file.write(octets.bytes)
                blocks[part].append(.written(offset: writtenOctets, octets: octets.count))
                writtenOctets += octets.count
                return
            } catch {
                // A full disk costs memory, not the list. What is written already can still be read.
                fileIsFull = true
            }
        }
        if slabFill + octets.count > Self.slabOctets {
            let slab = UnsafeMutableRawBufferPointer.allocate(
                byteCount: Self.slabOctets, alignment: RecordSpool.largePageOctets)
            file?.announce(slab)
            slabs.append(slab)
            slabFill = 0
        }
        UnsafeMutableRawBufferPointer(rebasing: slabs[slabs.count - 1][slabFill...]).copyMemory(from: octets)
        blocks[part].append(.kept(slab: slabs.count - 1, offset: slabFill, octets: octets.count))
        slabFill += octets.count
    }

    /// Hands a part's octets over, block by block.
    func forEachBlock(
        of part: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(RecordStorageFailure) {
        for block in blocks[part] {
            switch block {
            case .kept(let slab, let offset, let count):
                body(UnsafeRawBufferPointer(rebasing: slabs[slab][offset..<(offset + count)]))
            case .written(let offset, let count):
                guard let file else { preconditionFailure("a block was written to no file") }
                let room = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
                defer { room.deallocate() }
                try file.read(offset, room)
                body(UnsafeRawBufferPointer(room))
            }
        }
        body(filled(part))
    }
}
