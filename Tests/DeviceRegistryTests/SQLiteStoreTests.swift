import GRDB
import GatewayTesting
import Glibc
import PKITypes
import Testing

@testable import DeviceRegistry

@Suite("The SQLite file")
struct SQLiteStoreTests {
    @Test("Nobody else can read it, nor what lies beside it")
    func modes() throws {
        let directory = TemporaryDirectory()
        let registry = Registry(try SQLiteDeviceStore(path: directory.file("r")))
        try registry.enroll(Sample.record())
        for name in ["r", "r-wal", "r-shm"] {
            var status = stat()
            #expect(stat(directory.file(name), &status) == 0 && status.st_mode & 0o777 == 0o600, "\(name)")
        }
    }

    @Test("One that others can open is refused")
    func openToOthers() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("r")
        _ = try SQLiteDeviceStore(path: path)
        chmod(path, 0o640)
        #expect(throws: StoreFailure.openToOthers(path: path)) { try SQLiteDeviceStore(path: path) }
    }

    @Test("An acknowledged write is on the disk")
    func durability() throws {
        let directory = TemporaryDirectory()
        let store = try SQLiteDeviceStore(path: directory.file("r"))
        #expect(try store.writerPragma("synchronous") == "2" && store.writerPragma("journal_mode") == "wal")
    }

    @Test("What is no registry, or no longer one, is said to be damaged", arguments: [0, 100, 4096 * 8])
    func damaged(offset: Int) throws {
        let directory = TemporaryDirectory()
        let path = directory.file("r")
        do {
            let registry = Registry(try SQLiteDeviceStore(path: path))
            for number in 1...200 { try registry.enroll(Sample.fullRecord(number).withoutKeys) }
        }
        let file = open(path, O_RDWR)
        let junk = [UInt8](repeating: 0xa5, count: 40_000)
        #expect(pwrite(file, junk, junk.count, off_t(offset)) == junk.count)
        close(file)
        let failure = #expect(throws: StoreFailure.self) { try SQLiteDeviceStore(path: path, examination: .full) }
        guard case .damaged(path, _)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test("A directory that is not there, and a newer format, are said to be so")
    func unusable() throws {
        let directory = TemporaryDirectory()
        let absent = directory.file("none/r")
        #expect(throws: StoreFailure.cannotOpen(path: absent, reason: "No such file or directory")) {
            try SQLiteDeviceStore(path: absent)
        }
        let path = directory.file("r")
        let store = try SQLiteDeviceStore(path: path)
        try store.noteMigration("99: what nobody knows yet")
        #expect(throws: StoreFailure.newerFormat(path: path)) { try SQLiteDeviceStore(path: path) }
    }

    @Test("Two processes' stores write to one file, and each sees the other's changes")
    func twoStores() async throws {
        let directory = TemporaryDirectory()
        let path = directory.file("r")
        let gateway = Registry(try SQLiteDeviceStore(path: path))
        let command = Registry(try SQLiteDeviceStore(path: path))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (start, registry) in [(0, gateway), (1000, command)] {
                group.addTask { for number in 0..<50 { try registry.enroll(Sample.record(start + number)) } }
            }
            try await group.waitForAll()
        }
        #expect(try gateway.counts() == [.provisioned: 100] && command.counts() == [.provisioned: 100])
        let entries = try gateway.entries()
        #expect(entries.upTo.rawValue == 100 && Set(entries.entries.map(\.revision)).count == 100)
        _ = try command.perform(.retire, on: Sample.identity(7), Sample.context)
        #expect(try gateway.entries(since: entries.upTo).entries.map(\.state) == [.retired])
    }

    @Test("It is there after it was closed")
    func reopened() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("r")
        do {
            let registry = Registry(try SQLiteDeviceStore(path: path))
            try registry.enroll(Sample.fullRecord(1))
            _ = try registry.perform(.retire, on: Sample.identity(1), Sample.context)
        }
        let again = Registry(try SQLiteDeviceStore(path: path, examination: .full))
        #expect(try again.record(of: Sample.identity(1))?.record.state == .retired)
        #expect(try again.history(of: Sample.identity(1)).map(\.to) == [.retired])
    }
}

extension SQLiteDeviceStore {
    fileprivate func noteMigration(_ name: String) throws {
        try DatabaseQueue(path: path).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES (?)", arguments: [name])
        }
    }
}

extension DeviceRecord {
    /// One key, one identity: many alike must have none.
    fileprivate var withoutKeys: DeviceRecord {
        var record = self
        (record.credentials, record.expectedKey, record.condemnedKeys) = ([], nil, [])
        return record
    }
}
