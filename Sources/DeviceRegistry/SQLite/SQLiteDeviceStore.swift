import GRDB
import Glibc
import PKITypes

/// Records in one SQLite file, which the gateway and the command line may write to at the same time.
///
/// In WAL mode readers never wait; a write is acknowledged when it is on the disk (synchronous=FULL).
package final class SQLiteDeviceStore: DeviceStore {
    /// How closely the file is looked at before it is used.
    package enum Examination: Sendable {
        /// Every page, every index against its table.
        case full
        /// Every page.
        case quick
        /// What every transaction looks at anyhow: a command on one device does not read a million.
        case none
    }

    package let path: String
    private let pool: DatabasePool

    /// Makes the file (mode 0600) when it is absent; its directory must exist.
    package init(path: String, examination: Examination = .quick) throws(StoreFailure) {
        self.path = path
        try StoreFile.prepare(path)
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration)
            // The pool has set it to what survives the process and not the power; the readers need none.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        } catch {
            throw StoreFailure(error, path: path)
        }
        try examine(examination)
        try migrate()
    }

    package func write<Value>(
        _ body: (any StoreTransaction) throws(RegistryFailure) -> Value
    ) throws(RegistryFailure) -> Value {
        do {
            return try pool.write { try body(try SQLiteTransaction($0, path: path)) }
        } catch let failure as RegistryFailure {
            throw failure
        } catch {
            throw .store(StoreFailure(error, path: path))
        }
    }

    package func revision() throws(StoreFailure) -> Revision {
        try read { Revision(rawValue: try Int64.fetchOne($0, sql: "SELECT revision FROM registry") ?? 0) }
    }

    package func record(of identity: DeviceIdentity) throws(StoreFailure) -> StoredRecord? {
        try read { try SQLiteQueries.record(of: identity, in: $0) }
    }

    package func history(of identity: DeviceIdentity) throws(StoreFailure) -> [Transition] {
        try read { try SQLiteQueries.history(of: identity, in: $0) }
    }

    package func owners(ofKey key: KeyFingerprint) throws(StoreFailure) -> Set<DeviceIdentity> {
        try read { try SQLiteQueries.owners(ofKey: key, in: $0) }
    }

    package func forEachRecord(
        matching filter: DeviceFilter, at now: UnixSeconds, _ body: (StoredRecord) -> Bool
    ) throws(StoreFailure) {
        try read { try SQLiteQueries.forEachRecord(matching: filter, at: now, in: $0, body) }
    }

    package func forEachEntry(
        since revision: Revision, _ body: (DecisionEntry) -> Void
    ) throws(StoreFailure) -> Revision {
        try read { try SQLiteQueries.forEachEntry(since: revision, in: $0, body) }
    }

    package func counts() throws(StoreFailure) -> [DeviceState: Int] {
        try read { database in
            var counts: [DeviceState: Int] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT state, count(*) FROM device GROUP BY state") {
                var columns = SQLiteColumns(row)
                let state = try columns.value("state") { UInt8.fromDatabaseValue($0).flatMap(DeviceState.init(rawValue:)) }
                counts[state] = Int(try columns.integer("count"))
            }
            return counts
        }
    }

    /// What the file promises of an acknowledged write: SQLite's number for FULL is 2.
    func writerPragma(_ name: String) throws(StoreFailure) -> String {
        do {
            return try pool.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(name)") ?? "" }
        } catch {
            throw StoreFailure(error, path: path)
        }
    }

    /// Longer than any transaction but an import of a million rows.
    private static let busySeconds = 10.0
    /// Of memory, for a transaction's pages: an import fills an index in an order of its own.
    private static let cacheKibibytes = 65_536

    /// What the write-ahead log is cut back to after an import has made it long.
    private static let logOctetsMax = 64 << 20

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busySeconds)
        configuration.label = "registry"
        // One for the view, one for a command, one in reserve.
        configuration.maximumReaderCount = 3
        configuration.prepareDatabase { database in
            try database.execute(
                sql: "PRAGMA cache_size = -\(cacheKibibytes); PRAGMA journal_size_limit = \(logOctetsMax)")
        }
        return configuration
    }

    private func examine(_ examination: Examination) throws(StoreFailure) {
        let pragma: String
        switch examination {
        case .full: pragma = "integrity_check(1)"
        case .quick: pragma = "quick_check(1)"
        case .none: return
        }
        let answer = try read { try String.fetchOne($0, sql: "PRAGMA \(pragma)") ?? "no answer" }
        guard answer == "ok" else { throw .damaged(path: path, finding: answer) }
    }

    private func migrate() throws(StoreFailure) {
        let migrator = SQLiteSchema.migrator
        let isNewer = try read { try migrator.hasBeenSuperseded($0) }
        guard !isNewer else { throw .newerFormat(path: path) }
        do { try migrator.migrate(pool) } catch { throw StoreFailure(error, path: path) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StoreFailure) -> Value {
        do { return try pool.read(body) } catch { throw StoreFailure(error, path: path) }
    }

    /// In a transaction of its own, beside the records'.
    func writeAside<Value>(_ body: (Database) throws -> Value) throws(StoreFailure) -> Value {
        do { return try pool.write(body) } catch { throw StoreFailure(error, path: path) }
    }
}

extension StoreFailure {
    init(_ error: any Error, path: String) {
        if let failure = error as? StoreFailure {
            self = failure
            return
        }
        guard let failure = error as? DatabaseError else {
            self = .database(path: path, reason: "\(error)")
            return
        }
        switch failure.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path: path, finding: failure.message ?? "not a database")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY:
            self = .cannotOpen(path: path, reason: failure.message ?? "no reason given")
        case .SQLITE_FULL: self = .full(path: path)
        default: self = .database(path: path, reason: failure.message ?? "\(failure.resultCode)")
        }
    }
}
