import RevocationLists

/// The records of a list on their way to where its table keeps them, in the order of the list and all of one width.
final class RecordLog {
    /// Octets that are gathered before they are written.
    private static let blockOctets = 64 << 10

    /// Octets of one record.
    private(set) var width: Int
    private(set) var count = 0
    private let hash: SipHash
    private let newStore: () throws(RecordStorageFailure) -> RecordStore?
    private var store: RecordStore?
    /// Without a store.
    private var resident: [UInt8] = []
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockOctets, alignment: 64)
    private var fill = 0

    /// - Parameters:
    ///   - width: of the longest record, as far as anybody knows.
    ///   - newStore: a place for records; nil keeps them in memory.
    init(
        hash: SipHash, width: Int, newStore: @escaping () throws(RecordStorageFailure) -> RecordStore?
    ) throws(RecordStorageFailure) {
        self.hash = hash
        self.width = width
        self.newStore = newStore
        store = try newStore()
    }

    deinit { block.deallocate() }

    var announce: (UnsafeMutableRawBufferPointer) -> Void { store?.announce ?? { _ in } }

    /// Writes the entries' records, and their keys into `keys`.
    func append(_ entries: Span<ListedEntry>, keys: KeyParts) throws(RecordStorageFailure) {
        // In registers, not in the object.
        var (fill, count) = (fill, count)
        let (hash, block) = (hash, block)
        for index in entries.indices {
            let record = RevokedRecord(entries[index])
            if record.octetCount > width {
                (self.fill, self.count) = (fill, count)
                try widen()
                fill = self.fill
            }
            if fill > Self.blockOctets - RevokedRecord.maximumOctets {
                self.fill = fill
                try flush()
                fill = 0
            }
            keys.add(RevokedFingerprint(record.serial, issuer: record.issuer, hash), position: count)
            // The next record, or the end of the block, takes back what lies beyond the width.
            record.write(
                mark: record.check(at: count, hash), to: UnsafeMutableRawBufferPointer(rebasing: block[fill...]))
            fill += width
            count += 1
        }
        (self.fill, self.count) = (fill, count)
    }

    private func flush() throws(RecordStorageFailure) {
        let octets = UnsafeRawBufferPointer(rebasing: block[..<fill])
        fill = 0
        if let store { try store.write(octets.bytes) } else { resident.append(contentsOf: octets) }
    }

    /// Serial numbers have become longer in the middle of the list: everything is written again, as wide as can ever be needed.
    private func widen() throws(RecordStorageFailure) {
        try flush()
        let narrow = try reader()
        let (narrowWidth, total) = (width, count)
        store = try newStore()
        resident = []
        width = RevokedRecord.maximumOctets
        for position in 0..<total {
            if fill > Self.blockOctets - RevokedRecord.maximumOctets { try flush() }
            let room = UnsafeMutableRawBufferPointer(rebasing: block[fill..<(fill + width)])
            room.initializeMemory(as: UInt8.self, repeating: 0)
            try Self.read(narrow, at: position * narrowWidth, into: .init(rebasing: room[..<narrowWidth]))
            fill += width
        }
    }

    // MARK: - What was written

    private func reader() throws(RecordStorageFailure) -> RevokedRecords {
        guard let store else { return .resident(resident) }
        return .stored(try store.finish())
    }

    private static func read(
        _ records: RevokedRecords, at offset: Int, into room: UnsafeMutableRawBufferPointer
    ) throws(RecordStorageFailure) {
        if case .read = records.read(at: offset, into: room) { return }
        records.fetch(at: offset, into: room)
        guard case .read = records.read(at: offset, into: room) else {
            throw RecordStorageFailure(reason: "records that were written cannot be read")
        }
    }

    /// Of keys with one fingerprint, which are of one certificate or, once in 2^39 pairs, of several: for each certificate that
    /// of the record which outranks its repetitions.
    func unique(_ keys: Slice<UnsafeBufferPointer<UInt64>>) throws(RecordStorageFailure) -> [UInt64] {
        try flush()
        let records = try reader()
        var unique: [(record: RevokedRecord, key: UInt64)] = []
        var octets = [UInt8](repeating: 0, count: RevokedRecord.maximumOctets)
        for key in keys {
            let read = octets.withUnsafeMutableBytes { room in
                Result { () throws(RecordStorageFailure) in
                    let offset = KeyParts.position(key) * width
                    try Self.read(records, at: offset, into: UnsafeMutableRawBufferPointer(rebasing: room[..<width]))
                    return RevokedRecord(UnsafeRawBufferPointer(room))
                }
            }
            guard let record = try read.get() else { preconditionFailure("a log does not hold what was put in") }
            if let known = unique.firstIndex(where: { $0.record.isOfSameCertificate(as: record) }) {
                if record.outranks(unique[known].record) { unique[known] = (record, key) }
            } else {
                unique.append((record, key))
            }
        }
        return unique.map(\.key)
    }

    // MARK: - The order of the table

    /// Behind all records: where the next one in the table's order stands.
    @inline(__always)
    func append(position: Int) throws(RecordStorageFailure) {
        if fill > Self.blockOctets - RevokedTable.positionOctets { try flush() }
        block.storeBytes(of: UInt32(truncatingIfNeeded: position).littleEndian, toByteOffset: fill, as: UInt32.self)
        fill += RevokedTable.positionOctets
    }

    /// The records, and behind them the positions of those that count, so many.
    func finish(counting kept: Int) throws(RecordStorageFailure) -> RevokedRecords {
        try flush()
        if store == nil, kept < count { dropRepetitions(kept) }
        return try reader()
    }

    /// On a disk they lie unasked for; here they would take memory.
    private func dropRepetitions(_ kept: Int) {
        var octets = [UInt8](repeating: 0, count: kept * width + RevokedRecord.maximumOctets)
        resident.withUnsafeBytes { resident in
            octets.withUnsafeMutableBytes { octets in
                for place in 0..<kept {
                    let position = Int(RevokedTable.position(place, behind: count * width, in: resident))
                    let old = UnsafeRawBufferPointer(rebasing: resident[(position * width)...])
                    guard let record = RevokedRecord(old) else { preconditionFailure("a log does not hold what was put in") }
                    let new = UnsafeMutableRawBufferPointer(rebasing: octets[(place * width)...])
                    record.write(mark: record.check(at: place, hash), to: new)
                }
            }
        }
        octets.removeLast(RevokedRecord.maximumOctets)
        for place in 0..<kept { withUnsafeBytes(of: UInt32(place).littleEndian) { octets.append(contentsOf: $0) } }
        resident = octets
        count = kept
    }
}
