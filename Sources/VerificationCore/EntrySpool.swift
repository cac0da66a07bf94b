/// The entries of a list on their way into a table, parted by the first octet of their fingerprints: in memory up to a budget,
/// beyond it in a file.
///
/// A part is small enough to be put in order inside the processor's cache, and the parts in sequence are the table.
final class EntrySpool {
    static let partCount = 256
    /// Octets that are gathered for a part before they are put away.
    private static let blockOctets = 16 << 10
    /// Octets of full blocks that stay in memory: half a million entries.
    private static let keptOctetsMaximum = 16 << 20

    private enum Block {
        case kept([UInt8])
        case written(offset: Int, octets: Int)
    }

    /// One block a part, being filled.
    private let open: UnsafeMutableRawBufferPointer
    private var fills = [Int](repeating: 0, count: partCount)
    private var blocks = [[Block]](repeating: [], count: partCount)
    private var keptOctets = 0
    private var writtenOctets = 0
    private let file: RecordSpool?
    private var fileIsFull = false

    /// - Parameter file: without one everything is kept in memory.
    init(file: RecordSpool?) {
        self.file = file
        open = .allocate(byteCount: Self.partCount * Self.blockOctets, alignment: 64)
    }

    deinit { open.deallocate() }

    @inline(__always)
    func append(_ record: RevokedRecord, _ fingerprint: RevokedFingerprint) {
        let part = Int(fingerprint.value >> 32)
        if fills[part] > Self.blockOctets - RevokedRecord.maximumOctets { putAway(part) }
        let start = part * Self.blockOctets + fills[part]
        let room = UnsafeMutableRawBufferPointer(rebasing: open[start..<(start + RevokedRecord.maximumOctets)])
        record.write(mark: UInt32(truncatingIfNeeded: fingerprint.value), to: room)
        fills[part] += record.octetCount
    }

    private func filled(_ part: Int) -> UnsafeRawBufferPointer {
        let start = part * Self.blockOctets
        return UnsafeRawBufferPointer(rebasing: open[start..<(start + fills[part])])
    }

    private func putAway(_ part: Int) {
        let octets = filled(part)
        fills[part] = 0
        if keptOctets >= Self.keptOctetsMaximum, let file, !fileIsFull {
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
        keptOctets += octets.count
        blocks[part].append(.kept(Array(octets)))
    }

    /// Hands a part's octets over, block by block, and forgets those in memory.
    func take(_ part: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws(RecordStorageFailure) {
        let all = blocks[part]
        blocks[part] = []
        for block in all {
            switch block {
            case .kept(let octets): octets.withUnsafeBytes(body)
            case .written(let offset, let count):
                guard let file else { preconditionFailure("a block was written to no file") }
                let room = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
                defer { room.deallocate() }
                try file.read(offset, room)
                body(UnsafeRawBufferPointer(room))
            }
        }
        body(filled(part))
        fills[part] = 0
    }
}
