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

    package func stage(
        _ fill: (any RecordStaging) throws(RegistryFailure) -> StagingEnd
    ) throws(RegistryFailure) -> [StagingConflict] {
        do {
            let file = try StagingFile(beside: path)
            guard let base = try self.fill(file, fill) else { return [] }
            return try take(file, since: base)
        } catch let failure as RegistryFailure {
            throw failure
        } catch {
            throw .store(StoreFailure(error, path: path))
        }
    }

    /// - Returns: the revision that the file is compared with; nil: it is to be discarded.
    private func fill(
        _ file: StagingFile, _ fill: (any RecordStaging) throws(RegistryFailure) -> StagingEnd
    ) throws -> Revision? {
        let aside = try DatabaseQueue(path: file.path, configuration: SQLiteStaging.configuration)
        defer { try? aside.close() }
        return try pool.read { registry in
            let base = Revision(rawValue: try Int64.fetchOne(registry, sql: "SELECT revision FROM registry") ?? 0)
            var end = StagingEnd.discard
            try aside.inTransaction { staging in
                end = try fill(try SQLiteStaging(registry: registry, staging: staging, path: file.path))
                return .commit
            }
            return end == .take ? base : nil
        }
    }

    /// The one step that others wait for.
    private func take(_ file: StagingFile, since base: Revision) throws -> [StagingConflict] {
        try pool.writeWithoutTransaction { database in
            try database.execute(sql: "ATTACH DATABASE ? AS aside", arguments: [file.path])
            try database.execute(sql: "PRAGMA cache_size = -\(Self.importCacheKibibytes)")
            defer {
                try? database.execute(sql: "DETACH DATABASE aside")
                // What the smaller cache has no room for is freed.
                try? database.execute(sql: "PRAGMA cache_size = -\(Self.cacheKibibytes)")
            }
            var conflicts: [StagingConflict] = []
            try database.inTransaction(.immediate) {
                let transaction = try SQLiteTransaction(database, path: path)
                conflicts = try StagedRecords.take(into: transaction, database, since: base)
                return conflicts.isEmpty ? .commit : .rollback
            }
            return conflicts
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
        since position: EntryPosition, limit: Int, _ body: (DecisionEntry) -> Void
    ) throws(StoreFailure) -> EntryPosition {
        try read { try EntryQueries.forEach(since: position, limit: limit, in: $0, body) }
    }

    package func forEachEntry(of identities: Set<DeviceIdentity>, _ body: (DecisionEntry) -> Void) throws(StoreFailure) {
        try read { try EntryQueries.forEach(of: identities, in: $0, body) }
    }

    package func hookReceipts(of identity: DeviceIdentity) throws(StoreFailure) -> [HookReceipt] {
        try read { try DeliveryQueries.receipts(of: identity, in: $0) }
    }

    package func dueDeliveries(
        of hooks: [String], at now: UnixSeconds, limit: Int
    ) throws(StoreFailure) -> [HookDelivery] {
        try read { try DeliveryQueries.due(hooks, at: now, limit: limit, in: $0) }
    }

    package func deliveriesWaiting() throws(StoreFailure) -> [String: Int] {
        try read { try DeliveryQueries.waiting(in: $0) }
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

    /// Longer than any transaction: an import of a million rows is taken in three seconds.
    private static let busySeconds = 10.0
    /// Of memory for pages, which each connection keeps; what a reader misses is still in the system's memory.
    private static let cacheKibibytes = 4096
    /// For the transaction of an import alone, which fills an index in an order of its own.
    private static let importCacheKibibytes = 65_536

    /// What the write-ahead log is cut back to after an import has made it long.
    private static let logOctetsMax = 64 << 20

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busySeconds)
        configuration.label = "registry"
        // One for the view, one for the lists, one for hooks, the others for whoever asks over the API.
        configuration.maximumReaderCount = 6
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
