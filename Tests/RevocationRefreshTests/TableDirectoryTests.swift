import FileSystem
import Foundation
import LabPKI
import PKITypes
import RevocationLists
import RevocationRefresh
import Testing
import VerificationCore

@Suite("Tables in the state directory")
final class TableDirectoryTests {
    private let authority: LabCertificateAuthority
    private let state: String

    init() throws {
        authority = try LabCertificateAuthority()
        state = NSTemporaryDirectory() + "pulsegate-tables-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: state) }

    /// More entries than a table keeps the records of in memory, and fewer.
    private enum Size: Int, CaseIterable { case many = 6000, few = 10 }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: state + "/revocation")) ?? []).sorted()
    }

    private func entries(_ size: Size) -> [LabRevokedEntry] {
        (0..<size.rawValue).map { number in
            LabRevokedEntry(
                serial: [1, UInt8(number >> 8), UInt8(number & 0xff)] + [UInt8](repeating: 7, count: 13),
                reason: .keyCompromise)
        }
    }

    private func load(_ tables: TableDirectory, _ lists: [LabRevocationList]) throws -> LoadedListFile {
        let path = state + "/a.crl"
        try Data(lists.map { try $0.pem() }.joined().utf8).write(to: URL(fileURLWithPath: path))
        let settled = FileIdentity.now() + 2 * FileIdentity.settlingNanoseconds
        return try ListLoader.load(path, anchorEntry: "devices", storage: tables.storage, start: settled)
    }

    private func answers(_ list: IndexedList, _ size: Size) throws -> Set<String> {
        let listed = try entries(size).prefix(200).map { try #require(SerialNumber(octets: $0.serial)) }
        return Set(
            listed.map {
                switch list.table.answer($0, issuer: 0) {
                case .listed(let entry): entry.reason.name
                case .notListed: "not listed"
                case .unconfirmed: "unconfirmed"
                case .damaged: "damaged"
                }
            })
    }

    @Test("come back as they were saved, while the list's file is the same", arguments: Size.allCases)
    private func roundTrip(size: Size) throws {
        let tables = try TableDirectory(in: state)
        let loaded = try load(tables, [authority.revocationList(revoking: entries(size)), authority.revocationList(number: 2)])
        #expect(tables.kept(loaded.path, anchorEntry: "devices", .current) == nil)
        try tables.save(loaded)
        // A killed process leaves such a file.
        try Data([1]).write(to: URL(fileURLWithPath: state + "/revocation/new-1"))
        let next = try TableDirectory(in: state)
        #expect(names.count == 2 && names.allSatisfy { $0.hasSuffix(".table") })
        let kept = try #require(next.kept(loaded.path, anchorEntry: "devices", .current))
        #expect(kept.origin == .keptTables && kept.isCurrent && kept.identity == loaded.identity)
        #expect(kept.lists.map(\.facts) == loaded.lists.map(\.facts))
        #expect(kept.lists.map(\.signature.covered) == loaded.lists.map(\.signature.covered))
        #expect(kept.lists.map(\.signature.value) == loaded.lists.map(\.signature.value))
        #expect(kept.lists.map(\.nextUpdate) == loaded.lists.map(\.nextUpdate))
        #expect(kept.lists.allSatisfy { !$0.isProven })
        #expect(try answers(kept.lists[0], size) == ["keyCompromise"] && answers(kept.lists[1], size) == ["not listed"])
        #expect(try answers(loaded.lists[0], size) == ["keyCompromise"])
        #expect(next.kept(loaded.path, anchorEntry: "others", .any) == nil)

        usleep(20_000)
        _ = try load(next, [authority.revocationList(number: 3)])
        #expect(next.kept(loaded.path, anchorEntry: "devices", .current) == nil)
        #expect(next.kept(loaded.path, anchorEntry: "devices", .any)?.lists.count == 2)
        next.keepOnly([])
        #expect(names.isEmpty)
        // Who holds a table does not lose it.
        #expect(try answers(kept.lists[0], size) == ["keyCompromise"])
    }

    @Test("a full disk costs memory, not the list")
    func fullDisk() throws {
        let path = state + "/a.crl"
        try Data(authority.revocationList(revoking: entries(.many)).der).write(to: URL(fileURLWithPath: path))
        let full = ListStorage {
            RecordStore(
                write: { _ throws(RecordStorageFailure) in throw RecordStorageFailure(reason: "full") },
                finish: { () throws(RecordStorageFailure) in throw RecordStorageFailure(reason: "full") }
            )
        }
        let loaded = try ListLoader.load(path, anchorEntry: "devices", storage: full)
        guard case .resident = loaded.lists[0].table.records else { throw CancellationError() }
        #expect(try loaded.lists[0].entryCount == Size.many.rawValue && answers(loaded.lists[0], .many) == ["keyCompromise"])
        // What is kept of it lies on the disk at the next start.
        let tables = try TableDirectory(in: state)
        try tables.save(try load(tables, [authority.revocationList(revoking: entries(.many))]))
        #expect(names.count == 1)
    }

    @Test("of a list in another scope, or that must not be used, say so again")
    func facts() throws {
        let tables = try TableDirectory(in: state)
        let list = try authority.revocationList(revoking: entries(.few)) { profile throws(LabPKIFailure) in
            profile.deltaBase = 1
            profile.number = 7
            profile.extraExtensions = [LabExtension("1.2.3.4", .critical, value: [5, 0])]
        }
        let loaded = try load(tables, [list])
        try tables.save(loaded)
        let kept = try #require(tables.kept(loaded.path, anchorEntry: "devices", .current))
        #expect(kept.lists.map(\.facts) == loaded.lists.map(\.facts))
        #expect(kept.lists[0].support != .supported && kept.lists[0].deltaBase != nil)
    }

    @Test("of which an octet is wrong are not used, and a wrong record is found when it is asked", arguments: Size.allCases)
    private func damage(size: Size) throws {
        let tables = try TableDirectory(in: state)
        let loaded = try load(tables, [authority.revocationList(revoking: entries(size))])
        try tables.save(loaded)
        let path = state + "/revocation/" + (try #require(names.first))
        let good = try Data(contentsOf: URL(fileURLWithPath: path))
        let orderStart = 4096 + loaded.lists[0].entryCount * 28
        let recordsEnd = orderStart + loaded.lists[0].entryCount * 4
        for position in Array(stride(from: 0, to: 96, by: 5)) + Array(stride(from: recordsEnd + 8, to: good.count, by: 97)) {
            var bad = good
            bad[position] ^= 0x41
            try bad.write(to: URL(fileURLWithPath: path))
            #expect(tables.kept(loaded.path, anchorEntry: "devices", .current) == nil, "octet \(position)")
        }
        for count in [0, 10, 4095, recordsEnd, good.count - 1] {
            try good.prefix(count).write(to: URL(fileURLWithPath: path))
            #expect(tables.kept(loaded.path, anchorEntry: "devices", .current) == nil, "\(count) octets")
        }
        for (start, width) in [(4096 + 20, 28), (orderStart, 4)] {
            var bad = good
            for record in 0..<size.rawValue { bad[start + record * width] ^= 1 }
            try bad.write(to: URL(fileURLWithPath: path))
            let kept = try #require(tables.kept(loaded.path, anchorEntry: "devices", .current))
            #expect(try answers(kept.lists[0], size) == ["damaged"])
            #expect(!kept.isCurrent)
        }
    }
}
