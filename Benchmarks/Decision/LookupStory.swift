import FileSystem
import LabPKI
import PKITypes
import VerificationCore

/// The look-up of a serial number in a list's table, beside other structures with the same entries and the same questions.
struct LookupStory {
    static let title = "look-up in the index"
    /// What each round asks, so many that no cache holds all the places where the answers are.
    private static let probeCount = 20_000
    private static let rounds = 7
    /// OpenSSL's list of ten million takes gigabytes.
    private static let openSSLMaximum = 1_000_000

    let pki: BenchmarkPKI
    let table: ResultTable
    let sizes: [Int]

    private struct Probes {
        let hits: [SerialNumber]
        let misses: [SerialNumber]
    }

    func tell() throws {
        for size in sizes { try tell(size) }
    }

    private func tell(_ size: Int) throws {
        table.begin("\(Self.title), \(size) entries")
        let sequence = LabSerialSequence()
        func serial(_ index: Int) throws -> SerialNumber {
            guard let serial = SerialNumber(octets: sequence.long(index)) else { throw Disagreement(question: "a serial number") }
            return serial
        }
        // A stride that shares no factor with the sizes visits the list in no order.
        let probes = Probes(
            hits: try (0..<Self.probeCount).map { try serial($0 * 7_919 % size) },
            misses: try (0..<Self.probeCount).map { try serial(size + $0) }
        )
        let path = try pki.writeList("lookup-\(size)", ofMany: size)
        try askOurs(probes, path)
        let serials = try (0..<size).map(serial)
        let sorted = SortedSerials(serials)
        try ask("sorted array, binary search", probes, size, sorted.residentOctets) { sorted.contains($0) }
        let file = pki.scratch.file("sorted")
        let filtered = try FilteredTable(serials, sorted: sorted, file: file)
        try ask("Bloom filter, sorted table mapped", probes, size, filtered.residentOctets) { filtered.contains($0) }
        try ask("Bloom filter, sorted table by pread", probes, size, filtered.residentOctets) {
            try filtered.containsByReading($0)
        }
        if size <= Self.openSSLMaximum { try askOpenSSL(probes, path, size) }
    }

    private func askOurs(_ probes: Probes, _ path: String) throws {
        let list = try pki.load(path)
        let table = list.table
        let octets = table.bucketStarts.count * MemoryLayout<UInt32>.size + table.suffixes.count * MemoryLayout<UInt16>.size
        try ask("ours: bucketed fingerprints, record by preadv2", probes, table.count, octets) { serial in
            switch table.answer(serial, issuer: 0) {
            case .listed: return true
            case .notListed: return false
            case .unconfirmed, .damaged: throw Disagreement(question: "a record at hand")
            }
        }
    }

    private func askOpenSSL(_ probes: Probes, _ path: String, _ size: Int) throws {
        let before = ResidentMemory.octets()
        let list = try OpenSSLList(der: FileContents.read(path, limit: .max))
        let first = try OpenSSLSerial(probes.misses[0])
        let sorting = CallTime(once: { _ = list.contains(first) })
        table.row("OpenSSL X509_CRL_get0_by_serial: the first, which sorts", sorting)
        // A small list fits into what the process had freed before.
        let octets = size < Self.openSSLMaximum ? nil : ResidentMemory.octets() - before
        let (hits, misses) = (try probes.hits.map(OpenSSLSerial.init), try probes.misses.map(OpenSSLSerial.init))
        try ask("OpenSSL X509_CRL_get0_by_serial, then", hits, misses, size, octets) { list.contains($0) }
    }

    private func ask(
        _ question: String, _ probes: Probes, _ size: Int, _ octets: Int?, _ contains: (SerialNumber) throws -> Bool
    ) throws {
        try ask(question, probes.hits, probes.misses, size, octets, contains)
    }

    @inline(__always)
    private func ask<Serial>(
        _ question: String, _ hits: [Serial], _ misses: [Serial], _ size: Int, _ octets: Int?,
        _ contains: (Serial) throws -> Bool
    ) throws {
        let hit = try CallTime(rounds: Self.rounds, calls: hits.count) { call in
            if try !contains(hits[call]) { throw Disagreement(question: question) }
        }
        let miss = try CallTime(rounds: Self.rounds, calls: misses.count) { call in
            if try contains(misses[call]) { throw Disagreement(question: question) }
        }
        let perEntry = octets.map { "\(ResultTable.rounded(Double($0) / Double(size), 2)) resident octets an entry" }
        table.row("\(question): miss", miss, perEntry ?? "")
        table.row("\(question): hit", hit)
    }
}
