import DeviceRegistry
import EventLoop
import GatewayTesting
import PKITypes
import Synchronization
import Testing

@testable import DataPlane
@testable import Gateway

@Suite("When devices were seen")
struct VisitLedgerTests {
    /// Takes what is written, or refuses it.
    private final class Book: Sendable {
        let pages = Mutex<[[Visit]]>([])
        let isFull = Mutex(false)

        func write(_ visits: [Visit]) throws(RegistryFailure) {
            if isFull.withLock({ $0 }) { throw .store(.full(path: "registry.sqlite")) }
            pages.withLock { $0.append(visits) }
        }

        var seen: [Int64] { pages.withLock { $0.flatMap { $0.map(\.time.rawValue) } }.sorted() }
    }

    private let book = Book()
    private let log = CapturedLog()

    private var ledger: VisitLedger {
        VisitLedger(log.logger) { [book] visits throws(RegistryFailure) in try book.write(visits) }
    }

    private static func record(_ number: Int) throws -> DecisionRecord {
        let source = try #require(SocketAddress(ip: "10.0.0.1", port: 1))
        var record = DecisionRecord(id: DecisionID(run: 1, loop: 0, sequence: 1), listener: "devices", source: source)
        let octets = (0..<4).map { UInt8(truncatingIfNeeded: (number + 1) >> ($0 * 8)) }
        record.identity = DeviceIdentity(text: "urn:pump:\(number)")
        record.credential = CredentialID(
            anchorEntry: "ca", issuer: DistinguishedName(canonical: [0x30, 0], display: "ca"),
            serial: try #require(SerialNumber(octets: [1] + octets)))
        return record
    }

    @Test("Each credential is written once, with its last visit")
    func last() throws {
        let ledger = ledger
        for second in [5, 7, 6] as [Int64] { ledger.note(try Self.record(1), at: UnixSeconds(second)) }
        ledger.note(try Self.record(2), at: UnixSeconds(3))
        #expect(!ledger.writeDown())
        #expect(book.seen == [3, 7])
        #expect(!ledger.writeDown())
        #expect(book.pages.withLock { $0.count } == 1)
    }

    @Test("What cannot be written stays, but for visits that came later, until it can be")
    func kept() throws {
        let ledger = ledger
        for number in 1...2 { ledger.note(try Self.record(number), at: UnixSeconds(10)) }
        book.isFull.withLock { $0 = true }
        #expect(!ledger.writeDown())
        #expect(log.lines.map(\.message) == ["when devices were last seen is not written down yet"])
        ledger.note(try Self.record(2), at: UnixSeconds(20))
        book.isFull.withLock { $0 = false }
        #expect(!ledger.writeDown())
        #expect(book.seen == [10, 20])
    }

    @Test("Many are written in several transactions; more than there is room for are dropped, and told of")
    func many() throws {
        let ledger = ledger
        for number in 0..<VisitLedger.keptMax + 3 { ledger.note(try Self.record(number), at: UnixSeconds(1)) }
        book.isFull.withLock { $0 = true }
        #expect(!ledger.writeDown())
        #expect(log.lines.first?.fields["dropped"] == "3")
        book.isFull.withLock { $0 = false }
        var transactions = 1
        while ledger.writeDown() { transactions += 1 }
        #expect(transactions == (VisitLedger.keptMax + VisitLedger.writtenMax - 1) / VisitLedger.writtenMax)
        #expect(book.seen.count == VisitLedger.keptMax)
    }
}
