import PKITypes
import RandomTesting
import RevocationLists
import Synchronization
import Testing
import VerificationCore

@Suite("A table of revoked certificates")
struct RevokedTableTests {
    private static let hash = SipHash(keyLow: 0x0123, keyHigh: 0x4567)

    private static func entry(
        _ octets: [UInt8], _ reason: RevocationReason = .superseded, at date: Int64 = 1_700_000_000, issuer: UInt32 = 0
    ) throws -> ListedEntry {
        let serial = try #require(SerialNumber(octets: octets))
        return ListedEntry(serial: serial, reason: reason, revokedAt: UnixSeconds(date), issuer: issuer)
    }

    static func table(
        _ entries: [ListedEntry], hash: SipHash = hash, in file: MemoryFile? = nil
    ) throws -> RevokedTable {
        var builder = RevokedTableBuilder(hash: hash) { file?.store }
        builder.append(entries)
        return try builder.finish()
    }

    private static func text(_ answer: RevokedTable.Answer) -> String {
        switch answer {
        case .notListed: "not listed"
        case .listed(let entry): "\(entry.serial) \(entry.reason.name) \(entry.revokedAt.rawValue)"
        case .unconfirmed: "unconfirmed"
        case .damaged: "damaged"
        }
    }

    private static func octets(_ number: Int, count: Int = 16) -> [UInt8] {
        var random = SplitMix64(seed: UInt64(number))
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    @Test("every length of a serial number, every reason and every date comes back as it was put in")
    func keepsFields() throws {
        var entries: [ListedEntry] = []
        for count in 1...SerialNumber.maximumOctets {
            for (number, reason) in RevocationReason.allCases.enumerated() {
                let date = [-62_167_219_200, -1, 0, 1_700_000_000, 253_402_300_799][number % 5] as Int64
                entries.append(
                    try Self.entry(
                        [UInt8(number)] + [UInt8](repeating: 0xff, count: count - 1), reason, at: date,
                        issuer: UInt32(number * 1638)))
            }
        }
        let table = try Self.table(entries)
        #expect(table.count == entries.count)
        for entry in entries {
            let expected = "\(entry.serial) \(entry.reason.name) \(entry.revokedAt.rawValue)"
            #expect(Self.text(table.answer(entry.serial, issuer: UInt16(entry.issuer))) == expected)
            #expect(Self.text(table.answer(entry.serial, issuer: UInt16(entry.issuer) + 1)) == "not listed")
        }
        // Leading zeros make another number.
        let padded = try Self.entry([0] + entries[0].serial.octets).serial
        #expect(Self.text(table.answer(padded, issuer: 0)) == "not listed")
    }

    @Test("an empty table lists nothing")
    func empty() throws {
        #expect(Self.text(try Self.table([]).answer(Self.entry([1]).serial, issuer: 0)) == "not listed")
    }

    /// Resident and stored.
    @Test("of repetitions a revocation outranks its lifting and the earliest one stands", arguments: [1, 500, 20_000])
    func repetitions(others: Int) throws {
        let twice = try [
            Self.entry([1], .superseded, at: 30), Self.entry([1], .keyCompromise, at: 20),
            Self.entry([1], .removeFromCRL, at: 10),
            Self.entry([2], .removeFromCRL, at: 30), Self.entry([2], .removeFromCRL, at: 20),
        ]
        var random = SplitMix64(seed: 1)
        let filler = try (0..<others).map { try Self.entry(Self.octets($0)) }
        let table = try Self.table((twice + filler).shuffled(using: &random), in: MemoryFile())
        #expect(table.count == others + 2)
        #expect(Self.text(table.answer(try Self.entry([1]).serial, issuer: 0)) == "01 keyCompromise 20")
        #expect(Self.text(table.answer(try Self.entry([2]).serial, issuer: 0)) == "02 removeFromCRL 20")
    }

    @Test("a list of one certificate, repeated, takes no more memory than the certificate")
    func floodOfRepetitions() throws {
        let entries = try (0..<3).map { try Self.entry([UInt8($0)]) }
        var builder = RevokedTableBuilder(hash: Self.hash)
        // More than one part of a table may hold.
        for _ in 0..<50 { builder.append((0..<1000).flatMap { _ in entries }) }
        let table = try builder.finish()
        #expect(table.count == 3 && table.recordCount == 3)
        for entry in entries { #expect(Self.text(table.answer(entry.serial, issuer: 0)).hasPrefix("\(entry.serial) ")) }
    }

    @Test("serial numbers may become longer in the middle of a list, in memory and in a store", arguments: [false, true])
    func widening(isStored: Bool) throws {
        let (narrow, wide) = (MemoryFile(), MemoryFile())
        let stores = Kept<MemoryFile>()
        var builder = RevokedTableBuilder(hash: Self.hash) {
            guard isStored else { return nil }
            stores.add(stores.values.isEmpty ? narrow : wide)
            return stores.values.last?.store
        }
        let entries = try (0..<10_000).map { try Self.entry(Self.octets($0, count: $0 < 7_000 ? 3 + $0 % 2 : 17)) }
        for start in stride(from: 0, to: entries.count, by: 1000) { builder.append(Array(entries[start..<(start + 1000)])) }
        let table = try builder.finish()
        let distinct = Set(entries.map(\.serial))
        #expect(table.count == distinct.count && stores.values.count == (isStored ? 2 : 0))
        for serial in distinct { #expect(Self.text(table.answer(serial, issuer: 0)) == "\(serial) superseded 1700000000") }
    }

    @Test("what cannot be written is no table")
    func brokenStore() throws {
        let file = MemoryFile()
        file.state.withLock { $0.isFull = true }
        let entries = try (0..<10_000).map { try Self.entry(Self.octets($0)) }
        #expect(throws: RecordStorageFailure(reason: "full")) { try Self.table(entries, in: file) }
    }

    @Test("a listed certificate is confirmed once its record is read, an unlisted one needs none")
    func confirmation() throws {
        let file = MemoryFile()
        let entries = try (0..<20_000).map { try Self.entry(Self.octets($0)) }
        let table = try Self.table(entries, in: file)
        file.state.withLock { $0.atHand = [] }
        var unconfirmed = 0
        for number in 20_000..<60_000 {
            let serial = try Self.entry(Self.octets(number)).serial
            switch table.answer(serial, issuer: 0) {
            case .notListed: break
            case .unconfirmed(let record):
                unconfirmed += 1
                record.fetch()
                #expect(Self.text(table.answer(serial, issuer: 0)) == "not listed")
            case .listed, .damaged: Issue.record("an unlisted certificate")
            }
        }
        // One in 4,096 by chance.
        #expect((1...40).contains(unconfirmed))
        file.state.withLock { $0.atHand = [] }
        for entry in entries.prefix(100) {
            var fetches = 0
            // Its own record; and one in 4,096 has another before it that looks like it.
            while case .unconfirmed(let record) = table.answer(entry.serial, issuer: 0), fetches < 4 {
                record.fetch()
                fetches += 1
            }
            #expect(fetches > 0 && Self.text(table.answer(entry.serial, issuer: 0)).hasPrefix("\(entry.serial) "))
        }
    }

    @Test("a record that is damaged, misplaced or gone answers nothing, and the table says so", arguments: 0..<29 as Range<Int>)
    func damage(octet: Int) throws {
        let file = MemoryFile()
        let entries = try (0..<5000).map { try Self.entry(Self.octets($0)) }
        let table = try Self.table(entries, in: file)
        #expect(!table.isDamaged)
        let width = 28
        file.state.withLock { state in
            if octet == width {
                state.isBroken = true
            } else {
                for record in 0..<5000 { state.octets[record * width + octet] ^= 0x10 }
            }
        }
        for entry in entries.prefix(50) { #expect(Self.text(table.answer(entry.serial, issuer: 0)) == "damaged") }
        #expect(table.isDamaged)
    }

    @Test("an order that is damaged answers nothing wrong, and the table says so", arguments: 0..<4)
    func damagedOrder(octet: Int) throws {
        let file = MemoryFile()
        let entries = try (0..<5000).map { try Self.entry(Self.octets($0)) }
        let table = try Self.table(entries, in: file)
        // In the lowest octet of a position it leads to another record that is whole.
        file.state.withLock { state in
            for place in 0..<5000 { state.octets[5000 * 28 + place * 4 + octet] ^= 0x01 }
        }
        for entry in entries.prefix(50) { #expect(Self.text(table.answer(entry.serial, issuer: 0)) == "damaged") }
        #expect(table.isDamaged)
    }

    @Test("records in another's place are damaged")
    func misplaced() throws {
        let file = MemoryFile()
        let entries = try (0..<5000).map { try Self.entry(Self.octets($0)) }
        let table = try Self.table(entries, in: file)
        file.state.withLock { $0.octets = Array($0.octets[28...] + $0.octets[..<28]) }
        for entry in entries.prefix(50) { #expect(Self.text(table.answer(entry.serial, issuer: 0)) == "damaged") }
    }

    @Test("sections that do not fit together are no table")
    func misfit() {
        func isTable(_ starts: [UInt32], _ suffixes: [UInt16], width: Int = 28) -> Bool {
            RevokedTable(
                hash: Self.hash, bucketStarts: starts, suffixes: suffixes, recordWidth: width, recordCount: suffixes.count,
                records: .resident([UInt8](repeating: 0, count: suffixes.count * width))
            ) != nil
        }
        #expect(isTable([0, 2], [1, 2]) && isTable([0, 0], []) && isTable([0, 1, 2], [9, 1]))
        #expect(!isTable([0], []) && !isTable([], []) && !isTable([0, 3], [1, 2]) && !isTable([0, 3, 2], [1, 2]))
        #expect(!isTable([1, 2], [1, 2]) && !isTable([0, 2], [1, 2], width: 12) && !isTable([0, 2], [1, 2], width: 37))
    }
}

/// What a closure that may run anywhere has kept.
private final class Kept<Value: Sendable>: Sendable {
    private let state = Mutex<[Value]>([])
    var values: [Value] { state.withLock { $0 } }
    func add(_ value: Value) { state.withLock { $0.append(value) } }
}
