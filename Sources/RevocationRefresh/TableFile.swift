import FileSystem
import Glibc
import RevocationLists
import VerificationCore

/// The file of one list's table: first its records and their order, which stay there, then what is resident, then the list's
/// facts. The header,
/// written last, says where each lies and holds their checksums.
///
/// Integers are as this machine has them; a file from another is not understood and made anew from its list.
final class TableFile: Sendable {
    private static let magic: UInt64 = 0x5055_4c53_4552_4556
    private static let version: UInt32 = 2
    /// A page, of which the fields below take the beginning.
    private static let headerOctets = 4096
    /// More than the facts of any list within the limits.
    private static let maximumFactsOctets = 64 << 20

    private struct Header {
        var recordWidth: Int
        var records: Int
        var hash: SipHash
        var entries: Int
        var buckets: Int
        var resident: Int
        var facts: Int
        var factsOctets: Int
        var residentChecksum: UInt64
        var factsChecksum: UInt64

        var recordsOctets: Int { records * recordWidth + entries * RevokedTable.positionOctets }
        var residentOctets: Int { (buckets + 1) * 4 + entries * 2 }
    }

    private let file: PrivateFile

    init(_ file: PrivateFile) { self.file = file }

    // MARK: - Records

    /// Takes the records of a table that is being built.
    func newStore() -> RecordStore {
        let writer = RecordWriter(file, from: Self.headerOctets)
        return RecordStore(
            write: { octets throws(RecordStorageFailure) in try writer.write(octets) },
            finish: { [self] () throws(RecordStorageFailure) in
                try writer.finish()
                return records
            },
            // A page fault costs a microsecond or two, and there would be thousands.
            announce: { memory in madvise(memory.baseAddress, memory.count, MADV_HUGEPAGE) }
        )
    }

    private var records: StoredRecords {
        StoredRecords(
            readIfAtHand: { [file] offset, room in
                switch file.readIfAtHand(into: room, at: Self.headerOctets + offset) {
                case .read: .read
                case .notAtHand: .notAtHand
                case .failed: .failed
                }
            },
            // A failure shows again in the reading that follows.
            fetch: { [file] offset, room in try? file.read(into: room, at: Self.headerOctets + offset) },
            keeper: self
        )
    }

    // MARK: - Saving

    /// Writes everything but the records of a stored table, which are there, and gives the file its lasting name.
    func save(_ table: RevokedTable, _ facts: [UInt8], name: String, in directory: String) throws(FileContents.Failure) {
        let recordsEnd = Self.headerOctets + table.recordsOctets
        if case .resident(let octets) = table.records { try file.write(octets.span.bytes, at: Self.headerOctets) }
        let (starts, suffixes) = (table.bucketStarts, table.suffixes)
        let resident = (recordsEnd + 7) / 8 * 8
        try file.write(starts.span.bytes, at: resident)
        try file.write(suffixes.span.bytes, at: resident + starts.count * 4)
        let end = resident + starts.count * 4 + suffixes.count * 2
        try file.write(facts.span.bytes, at: end)
        let header = Header(
            recordWidth: table.recordWidth, records: table.recordCount, hash: table.hash, entries: suffixes.count,
            buckets: starts.count - 1, resident: resident, facts: end, factsOctets: facts.count,
            residentChecksum: Self.checksum(starts, suffixes),
            factsChecksum: facts.withUnsafeBytes(SectionChecksum.of)
        )
        try file.write(Self.encoded(header).span.bytes, at: 0)
        try file.take(name: name, in: directory)
    }

    private static func checksum(_ starts: [UInt32], _ suffixes: [UInt16]) -> UInt64 {
        starts.withUnsafeBytes(SectionChecksum.of) &+ 3 &* suffixes.withUnsafeBytes(SectionChecksum.of)
    }

    private static func encoded(_ header: Header) -> [UInt8] {
        var writer = OctetWriter()
        writer.write(magic)
        writer.write(version)
        writer.write(UInt32(header.recordWidth))
        writer.write(header.hash.key.low)
        writer.write(header.hash.key.high)
        for number in [header.records, header.entries, header.buckets, header.resident, header.facts, header.factsOctets] {
            writer.write(UInt64(number))
        }
        writer.write(header.residentChecksum)
        writer.write(header.factsChecksum)
        writer.write(writer.octets.withUnsafeBytes(SectionChecksum.of))
        return writer.octets
    }

    // MARK: - Loading

    struct Unusable: Error {}

    /// The table and the facts; what is not as it was written is no table.
    func load(
        where isWanted: (StoredListFacts) -> Bool
    ) throws(Unusable) -> (table: RevokedTable, facts: StoredListFacts) {
        do {
            let header = try readHeader()
            let octets = try readOctets(header.factsOctets, at: header.facts)
            guard octets.withUnsafeBytes(SectionChecksum.of) == header.factsChecksum else { throw Unusable() }
            let facts = try StoredListFacts(octets)
            guard isWanted(facts) else { throw Unusable() }
            let (starts, suffixes) = try readResident(header)
            let table = RevokedTable(
                hash: header.hash, bucketStarts: starts, suffixes: suffixes, recordWidth: header.recordWidth,
                recordCount: header.records, records: try records(header)
            )
            guard let table else { throw Unusable() }
            return (table, facts)
        } catch {
            throw Unusable()
        }
    }

    private func readHeader() throws -> Header {
        let octets = try readOctets(Self.headerOctets, at: 0)
        var reader = OctetReader(octets)
        guard try reader.read(UInt64.self) == Self.magic, try reader.read(UInt32.self) == Self.version else { throw Unusable() }
        let recordWidth = Int(try reader.read(UInt32.self))
        let hash = SipHash(keyLow: try reader.read(), keyHigh: try reader.read())
        func number() throws -> Int {
            guard let number = Int(exactly: try reader.read(UInt64.self)) else { throw Unusable() }
            return number
        }
        let header = Header(
            recordWidth: recordWidth, records: try number(), hash: hash, entries: try number(), buckets: try number(),
            resident: try number(), facts: try number(), factsOctets: try number(), residentChecksum: try reader.read(),
            factsChecksum: try reader.read()
        )
        let checked = Self.encoded(header)
        guard octets.starts(with: checked), (0...ListLimits.maximumEntries).contains(header.records),
            (0...header.records).contains(header.entries),
            (1...ListLimits.maximumEntries).contains(header.buckets),
            (0...Self.maximumFactsOctets).contains(header.factsOctets),
            header.resident >= Self.headerOctets + header.recordsOctets,
            header.facts == header.resident + header.residentOctets, header.facts + header.factsOctets <= file.octetCount
        else { throw Unusable() }
        return header
    }

    private func readResident(_ header: Header) throws -> ([UInt32], [UInt16]) {
        let starts = try [UInt32](unsafeUninitializedCapacity: header.buckets + 1) { room, count in
            try file.read(into: UnsafeMutableRawBufferPointer(room), at: header.resident)
            count = room.count
        }
        let suffixes = try [UInt16](unsafeUninitializedCapacity: header.entries) { room, count in
            try file.read(into: UnsafeMutableRawBufferPointer(room), at: header.resident + starts.count * 4)
            count = room.count
        }
        guard Self.checksum(starts, suffixes) == header.residentChecksum else { throw Unusable() }
        return (starts, suffixes)
    }

    /// Few records are kept in memory, as when the table was built; and many where nobody can tell what the system has at hand.
    private func records(_ header: Header) throws -> RevokedRecords {
        let isFew = header.records <= RevokedTableBuilder.residentRecordsMaximum
        if !isFew, file.tellsWhatIsAtHand { return .stored(records) }
        return .resident(try readOctets(header.recordsOctets, at: Self.headerOctets))
    }

    private func readOctets(_ count: Int, at offset: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { room, initialized in
            let room = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(room)[..<count])
            try file.read(into: room, at: offset)
            initialized = count
        }
    }
}
