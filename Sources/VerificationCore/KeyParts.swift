/// What puts the records of a list in the order of its table: a fingerprint and where the record stands in the list, in eight
/// octets each, parted by the fingerprints' first octets.
///
/// A part is small enough to be put in order inside the processor's cache, and the parts in sequence are the table.
final class KeyParts {
    /// A key is an order: the fingerprint above the position.
    static let positionBits: UInt64 = 25

    /// Of a fingerprint, which say to which part it belongs.
    enum PartBits: UInt64 {
        /// A list whose keys fit into the cache as they are.
        case ofFew = 0
        case ofMany = 8
    }

    @inline(__always)
    static func position(_ key: UInt64) -> Int { Int(truncatingIfNeeded: key & (1 << positionBits - 1)) }
    @inline(__always)
    static func fingerprint(_ key: UInt64) -> RevokedFingerprint { RevokedFingerprint(value: key >> positionBits) }

    private static let keysOfBlock = 512
    private static let blockOctets = keysOfBlock * MemoryLayout<UInt64>.stride
    /// Blocks share allocations of this size, which go back to the system as a whole.
    private static let slabOctets = RecordStore.largePageOctets

    /// How many parts there are.
    let count: Int
    private let partShift: UInt64
    /// Where the next key of each part goes; at the end of a block, which begins at a multiple of its size, there is none.
    private let ends: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>?>
    private var blocks: [[UnsafeMutablePointer<UInt64>]]
    private var slabs: [UnsafeMutableRawPointer] = []
    private var slabFill = slabOctets
    private let announce: (UnsafeMutableRawBufferPointer) -> Void

    /// - Parameter announce: of ``RecordStore``.
    init(_ partBits: PartBits, announce: @escaping (UnsafeMutableRawBufferPointer) -> Void) {
        self.announce = announce
        partShift = RevokedFingerprint.bits - partBits.rawValue
        count = 1 << Int(partBits.rawValue)
        blocks = [[UnsafeMutablePointer<UInt64>]](repeating: [], count: count)
        ends = .allocate(capacity: count)
        ends.initialize(repeating: nil, count: count)
    }

    deinit {
        ends.deallocate()
        for slab in slabs { slab.deallocate() }
    }

    @inline(__always)
    func add(_ fingerprint: RevokedFingerprint, position: Int) {
        let part = Int(truncatingIfNeeded: fingerprint.value >> partShift)
        var end = ends[part]
        if UInt(bitPattern: end) & UInt(Self.blockOctets - 1) == 0 { end = newBlock(of: part) }
        guard let place = end else { preconditionFailure("a part without a block") }
        place.pointee = fingerprint.value << Self.positionBits | UInt64(truncatingIfNeeded: position)
        ends[part] = place + 1
    }

    @inline(never)
    private func newBlock(of part: Int) -> UnsafeMutablePointer<UInt64> {
        if slabFill == Self.slabOctets {
            let slab = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.slabOctets, alignment: Self.slabOctets)
            guard let start = slab.baseAddress else { preconditionFailure("an allocation without an address") }
            announce(slab)
            slabs.append(start)
            slabFill = 0
        }
        let block = (slabs[slabs.count - 1] + slabFill).bindMemory(to: UInt64.self, capacity: Self.keysOfBlock)
        slabFill += Self.blockOctets
        blocks[part].append(block)
        return block
    }

    /// The fingerprints that belong to a part.
    func fingerprints(of part: Int) -> ClosedRange<UInt64> {
        UInt64(part) << partShift...(UInt64(part + 1) << partShift - 1)
    }

    func keyCount(of part: Int) -> Int {
        guard let last = blocks[part].last, let end = ends[part] else { return 0 }
        return (blocks[part].count - 1) * Self.keysOfBlock + (end - last)
    }

    @inline(__always)
    func forEachKey(of part: Int, _ body: (UInt64) -> Void) {
        var left = keyCount(of: part)
        for block in blocks[part] {
            for key in UnsafeBufferPointer(start: block, count: min(left, Self.keysOfBlock)) { body(key) }
            left -= Self.keysOfBlock
        }
    }
}
