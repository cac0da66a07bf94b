import RevocationLists

extension RevokedTable {
    /// Records that are read at once.
    private static let blockRecords = 4096

    /// Calls `body` with every entry and its issuer's ordinal, in the table's order, until it returns false. May wait for a disk.
    ///
    /// False when not all were read.
    func forEachEntry(_ body: (RevokedEntry, UInt16) -> Bool) -> Bool {
        // What is parsed as the last record of a block may reach beyond it.
        let room = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.blockRecords * recordWidth + RevokedRecord.maximumOctets, alignment: 8)
        defer { room.deallocate() }
        for start in stride(from: 0, to: count, by: Self.blockRecords) {
            let records = min(Self.blockRecords, count - start)
            // A record that could not be read is all zeros, which none is.
            room.initializeMemory(as: UInt8.self, repeating: 0)
            fill(UnsafeMutableRawBufferPointer(rebasing: room[..<(records * recordWidth)]), from: start)
            for position in 0..<records {
                let octets = UnsafeRawBufferPointer(rebasing: room[(position * recordWidth)...])
                let mark = UInt32(littleEndian: octets.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
                guard let record = RevokedRecord(octets), record.octetCount <= recordWidth,
                    record.check(at: start + position, hash) == mark, let entry = record.entry, body(entry, record.issuer)
                else { return false }
            }
        }
        return true
    }

    private func fill(_ room: UnsafeMutableRawBufferPointer, from position: Int) {
        switch records {
        case .resident: _ = records.read(at: position * recordWidth, into: room)
        case .stored: records.fetch(at: position * recordWidth, into: room)
        }
    }
}
