import Foundation
import LabPKI
import PKITypes
import RevocationRefresh
import SnapshotAssembly
import Testing
import VerificationCore

@Suite("REV-9: a list that is older than what was accepted")
struct SetBackListsTests {
    private let fixture: AssemblyFixture
    private let tables: TableDirectory

    init() throws {
        fixture = try AssemblyFixture()
        tables = try TableDirectory(in: fixture.directory)
        try fixture.issuing.revocationList(number: 7).write(to: fixture.file("issuing.crl"))
    }

    private func accept(_ assembly: SnapshotAssembler.Assembly) throws {
        for file in assembly.listFiles { try tables.save(file) }
        var marks = tables.marks() ?? HighWaterMarks()
        marks.raise(by: try #require(assembly.snapshot).revocation.lists)
        try tables.save(marks)
    }

    private func numbers(_ assembly: SnapshotAssembler.Assembly) -> [String?] {
        assembly.listFiles.flatMap(\.lists).map { $0.number?.description }
    }

    @Test("does not replace it, whether it is held or was kept by another process", arguments: [true, false])
    func staysInForce(isHeld: Bool) throws {
        let first = try fixture.assemble(lists: ListSource(tables: tables))
        try accept(first)
        usleep(20_000)
        try fixture.issuing.revocationList(number: 6).write(to: fixture.file("issuing.crl"))
        for _ in 0..<2 {
            let next = try fixture.assemble(lists: ListSource(known: isHeld ? first.listFiles : [], tables: tables))
            #expect(next.snapshot != nil && numbers(next) == ["0x01", "0x07"])
            let warnings = next.problems.filter { $0.severity == .warning }.map(\.message)
            #expect(warnings.count == 1)
            let told = warnings.first ?? ""
            #expect(told.hasPrefix("holds the list number 0x06 of "), "\(told)")
            #expect(told.contains("(number 0x07 of ") && told.contains("stays in force"), "\(told)")
            #expect(told.hasSuffix("remove \(tables.marksPath)"), "\(told)")
        }
        try fixture.issuing.revocationList(number: 8).write(to: fixture.file("issuing.crl"))
        let newer = try fixture.assemble(lists: ListSource(known: first.listFiles, tables: tables))
        #expect(numbers(newer) == ["0x01", "0x08"] && newer.problems.isEmpty)
    }

    @Test("is an error where that is not at hand any more, and is taken once the marks are removed")
    func lost() throws {
        try accept(fixture.assemble(lists: ListSource(tables: tables)))
        tables.keepOnly([])
        usleep(20_000)
        try fixture.issuing.revocationList(number: 6).write(to: fixture.file("issuing.crl"))
        let refused = try fixture.assemble(lists: ListSource(tables: tables))
        #expect(refused.snapshot == nil)
        let errors = refused.problems.filter { $0.severity == .error }
        #expect(errors.count == 1 && errors.first?.file == fixture.file("issuing.crl"))
        #expect(errors.first?.message.contains("is not at hand any more") == true)
        try FileManager.default.removeItem(atPath: tables.marksPath)
        let taken = try fixture.assemble(lists: ListSource(tables: tables))
        #expect(taken.snapshot != nil && numbers(taken) == ["0x01", "0x06"] && taken.problems.isEmpty)
    }
}
