/// The records of a table in the order of its list, and behind them where each stands, in the order of the table: in memory, or
/// in a file that this module knows nothing of.
package enum RevokedRecords: Sendable {
    case resident([UInt8])
    case stored(StoredRecords)

    @inline(__always)
    func read(at offset: Int, into room: UnsafeMutableRawBufferPointer) -> StoredRecords.Reading {
        switch self {
        case .resident(let octets):
            guard offset + room.count <= octets.count else { return .failed }
            octets.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + room.count)])) }
            return .read
        case .stored(let records): return records.readIfAtHand(offset, room)
        }
    }

    func fetch(at offset: Int, into room: UnsafeMutableRawBufferPointer) {
        if case .stored(let records) = self { records.fetch(offset, room) }
    }
}

/// Ways into a file of records.
package struct StoredRecords: Sendable {
    package enum Reading: Sendable {
        case read
        /// Only the disk has it: whoever must not wait has to ask elsewhere.
        case notAtHand
        case failed
    }

    /// Fills the room from an offset. Never waits for a disk and never takes a page fault: a loop calls it.
    let readIfAtHand: @Sendable (Int, UnsafeMutableRawBufferPointer) -> Reading
    /// The same, as long as it takes; what fails will be found by the reading that follows.
    let fetch: @Sendable (Int, UnsafeMutableRawBufferPointer) -> Void
    /// What holds the file, for whoever made it.
    package let keeper: any AnyObject & Sendable

    package init(
        readIfAtHand: @escaping @Sendable (Int, UnsafeMutableRawBufferPointer) -> Reading,
        fetch: @escaping @Sendable (Int, UnsafeMutableRawBufferPointer) -> Void,
        keeper: any AnyObject & Sendable
    ) {
        self.readIfAtHand = readIfAtHand
        self.fetch = fetch
        self.keeper = keeper
    }
}
