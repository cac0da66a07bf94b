import FileSystem
import Foundation
import LabPKI
import RevocationRefresh
import SnapshotAssembly
import Testing

@Suite("Lists of an earlier assembly")
struct ListSourceTests {
    private func read(_ fixture: AssemblyFixture, _ name: String, as entry: String = "device-ca") throws -> LoadedListFile {
        let settled = FileIdentity.now() + 2 * FileIdentity.settlingNanoseconds
        return try ListLoader.load(fixture.file(name), anchorEntry: entry, storage: .memory, start: settled)
    }

    @Test("are taken over while their files are as they were, and read again when they are not")
    func reuse() throws {
        let fixture = try AssemblyFixture()
        let known = [try read(fixture, "root.crl"), try read(fixture, "issuing.crl")]
        usleep(20_000)
        try fixture.issuing.revocationList(number: 2).write(to: fixture.file("issuing.crl"))
        let assembly = try fixture.assemble(lists: ListSource(known: known))
        #expect(assembly.snapshot != nil && assembly.listFiles.count == 2)
        #expect(assembly.listFiles[0].lists[0] === known[0].lists[0])
        #expect(assembly.listFiles[1].lists[0] !== known[1].lists[0])
        #expect(assembly.listFiles[1].lists[0].number?.description == "0x02")
        #expect(assembly.snapshot?.revocation.lists.contains { $0 === known[0].lists[0] } == true)
    }

    @Test("of another trust anchor are not, nor those of a file that had just been written")
    func strange() throws {
        let fixture = try AssemblyFixture()
        let known = [try read(fixture, "root.crl", as: "another-ca")]
        let first = try fixture.assemble(lists: ListSource(known: known))
        #expect(first.listFiles[0].lists[0] !== known[0].lists[0])
        let second = try fixture.assemble(lists: ListSource(known: first.listFiles))
        #expect(second.listFiles[0].lists[0] !== first.listFiles[0].lists[0])
    }
}
