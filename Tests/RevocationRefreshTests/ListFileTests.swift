import FileSystem
import Foundation
import LabPKI
import RevocationLists
import RevocationRefresh
import Synchronization
import Testing

@Suite("Files of lists")
final class ListFileTests {
    let authority: LabCertificateAuthority
    let directory: String

    init() throws {
        authority = try LabCertificateAuthority()
        directory = NSTemporaryDirectory() + "pulsegate-lists-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func write(_ octets: [UInt8], to name: String = "a.crl") throws -> String {
        let path = directory + "/" + name
        try Data(octets).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func load(_ path: String, progress: LoadProgress? = nil) throws(ListLoadFailure) -> LoadedListFile {
        try ListLoader.load(path, anchorEntry: "devices", storage: .memory, progress: progress)
    }

    private func failure(_ octets: [UInt8]) throws -> ListLoadFailure? {
        let path = try write(octets)
        do {
            _ = try load(path)
            return nil
        } catch { return error }
    }

    /// Larger than what one call reads.
    private func largeList(number: UInt64) throws -> LabRevocationList {
        let entries = (0..<9_000).map { number in
            LabRevokedEntry(serial: [1, UInt8(number >> 8), UInt8(number & 0xff)] + [UInt8](repeating: 7, count: 13))
        }
        return try authority.revocationList(revoking: entries, number: number)
    }

    @Test("are read in pieces, DER and PEM alike, to the same lists as when they are at hand whole")
    func pieces() throws {
        let (first, second) = (try largeList(number: 1), try largeList(number: 2))
        #expect(first.der.count > 300_000)
        let fromDER = try load(write(first.der))
        #expect(fromDER.lists.map(\.entryCount) == [9_000] && fromDER.lists[0].source == fromDER.path)
        let text = "two lists\n" + (try first.pem()) + "between\n" + (try second.pem())
        let fromPEM = try load(write(Array(text.utf8)))
        #expect(fromPEM.lists.map(\.entryCount) == [9_000, 9_000])
        #expect(fromPEM.lists.map { $0.number?.description } == ["0x01", "0x02"])
        let whole = try ListLoader.list(first.der, source: "a", anchorEntry: "devices")
        #expect(fromDER.lists[0].signature.covered == whole.signature.covered)
        #expect(fromPEM.lists[0].signature.covered == whole.signature.covered)
        #expect(fromPEM.lists[0].signature.value == whole.signature.value)
    }

    @Test("are told to be DER or PEM by how they begin, whatever text comes first")
    func forms() throws {
        let list = try authority.revocationList()
        let text = try list.pem()
        for beginning in ["", "0", "0 is how this text begins\n", String(repeating: "0!\n", count: 100), "\r\n"]
        where beginning != "0" {
            #expect(try load(write(Array((beginning + text).utf8))).lists.count == 1)
        }
        #expect(try failure([]) == .noList)
        #expect(try failure(Array(authority.certificate.pem().utf8)) == .noList)
        let certificateAndList = try authority.certificate.pem() + text
        #expect(try load(write(Array(certificateAndList.utf8))).lists.count == 1)
        for junk in ["j", "0", "junk", "0!", "0!junk", String(repeating: "0!junk\n", count: 100), "-----BEGIN"] {
            guard case .malformed = try failure(Array(junk.utf8)) else {
                Issue.record("not malformed: \(junk)")
                continue
            }
        }
        guard case .notPEM = try failure(Array(text.utf8.dropLast(30))) else {
            Issue.record("cut text is not PEM")
            return
        }
    }

    @Test("that are not there, or too large, are unreadable")
    func unreadable() throws {
        #expect(throws: ListLoadFailure.unreadable("No such file or directory")) { try load(directory + "/absent") }
        let path = try write([])
        #expect(truncate(path, ListLoader.maximumFileOctets + 1) == 0)
        #expect(throws: ListLoadFailure.self) { try load(path) }
    }

    @Test("with a fault anywhere give nothing")
    func faults() throws {
        let list = try largeList(number: 1)
        for position in [3, 60, list.der.count / 2 / 36 * 36, list.der.count - 40] {
            var changed = list.der
            changed[position] ^= 0x80
            let loaded = try failure(changed) == nil ? load(directory + "/a.crl").lists : []
            // What still reads as a list is another list, whose signature does not hold.
            let whole = try ListLoader.list(list.der, source: "a", anchorEntry: "devices")
            #expect(
                loaded.allSatisfy {
                    $0.signature.covered != whole.signature.covered || $0.signature.value != whole.signature.value
                })
        }
        guard case .malformed = try failure(Array(list.der.dropLast())) else {
            Issue.record("a list cut short is malformed")
            return
        }
    }

    // MARK: Reading again

    @Test("need not be read again while nobody writes to them, if they had settled when they were read")
    func reuse() throws {
        let path = try write(authority.revocationList(number: 1).der)
        #expect(try !load(path).isCurrent)
        let later = FileIdentity.now() + 2 * FileIdentity.settlingNanoseconds
        let loaded = try ListLoader.load(path, anchorEntry: "devices", storage: .memory, start: later)
        #expect(loaded.isCurrent && loaded.identity != nil)
        usleep(20_000)
        _ = try write(authority.revocationList(number: 2).der)
        #expect(!loaded.isCurrent)
        try FileManager.default.removeItem(atPath: path)
        #expect(!loaded.isCurrent)
    }

    // MARK: Progress

    @Test("say how far they are every two seconds, and nothing when they are soon read")
    func progress() throws {
        let path = try write(largeList(number: 1).der)
        let start = ContinuousClock.now
        for (secondsAStep, expected) in [(0, 0), (1, 0), (2, 1), (3, 2)] {
            let moment = Mutex(start)
            let reports = Mutex<[LoadProgress.Report]>([])
            let progress = LoadProgress(
                clock: {
                    moment.withLock { moment in
                        defer { moment += .milliseconds(secondsAStep * 990) }
                        return moment
                    }
                },
                report: { report in reports.withLock { $0.append(report) } }
            )
            _ = try load(path, progress: progress)
            let told = reports.withLock { $0 }
            #expect(told.count == expected)
            for report in told {
                #expect(report.file == path && report.octets <= report.expectedOctets && report.entries > 5_000)
                #expect(report.percent == report.octets * 100 / report.expectedOctets)
            }
        }
    }
}
