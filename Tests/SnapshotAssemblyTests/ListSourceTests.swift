import FileSystem
import Foundation
import LabPKI
import RevocationRefresh
import SnapshotAssembly
import Testing

@Suite("Lists of an earlier assembly")
struct ListSourceTests {
    /// As an assembly reads them from files that nobody wrote to for long.
    private func known(_ fixture: AssemblyFixture, as entry: String = "device-ca") throws -> [LoadedListFile] {
        let settled = FileIdentity.now() + 2 * FileIdentity.settlingNanoseconds
        return try ["root.crl", "issuing.crl"].map {
            try ListLoader.load(fixture.file($0), anchorEntry: entry, storage: .memory, start: settled)
        }
    }

    @Test("are taken over while their files are as they were, and read again when they are not")
    func reuse() throws {
        let fixture = try AssemblyFixture()
        let known = try known(fixture)
        usleep(20_000)
        try fixture.issuing.revocationList(number: 2).write(to: fixture.file("issuing.crl"))
        let assembly = try fixture.assemble(lists: ListSource(known: known))
        #expect(assembly.snapshot != nil && assembly.listFiles.count == 2)
        #expect(assembly.listFiles[0].lists[0].table === known[0].lists[0].table)
        #expect(assembly.listFiles[1].lists[0].table !== known[1].lists[0].table)
        #expect(assembly.listFiles[1].lists[0].number?.description == "0x02")
        #expect(assembly.snapshot?.revocation.lists.contains { $0.table === known[0].lists[0].table } == true)
    }

    @Test("of another trust anchor are not, nor those of a file that had just been written")
    func strange() throws {
        let fixture = try AssemblyFixture()
        let known = try known(fixture, as: "another-ca")
        let first = try fixture.assemble(lists: ListSource(known: known))
        #expect(first.listFiles[0].lists[0].table !== known[0].lists[0].table)
        let second = try fixture.assemble(lists: ListSource(known: first.listFiles))
        #expect(second.listFiles[0].lists[0].table !== first.listFiles[0].lists[0].table)
    }

    @Test("are proven anew by the certificates of the day")
    func proofs() throws {
        let fixture = try AssemblyFixture()
        let known = try known(fixture)
        for file in known { file.lists.forEach { $0.markProven(by: .only) } }
        let another = try fixture.root.issueIntermediate("Assembly Issuing")
        try another.certificate.write(to: fixture.file("issuing.pem"), .alone)
        let assembly = try fixture.assemble(lists: ListSource(known: known))
        #expect(zip(assembly.listFiles, known).allSatisfy { $0.lists[0].table === $1.lists[0].table })
        // The key that signed the issuing authority's list is gone.
        #expect(assembly.listFiles.map { $0.lists[0].isProven } == [true, false])
    }
}
