import Foundation
import GRDB
import PKITypes

/// A staging in a file of its own, which is gone when the import is over: what lies there is worth nothing after a crash, so
/// nothing is synced.
final class SQLiteStaging: RecordStaging {
    /// The registry as it was when the staging began.
    private let registry: Database
    private let staging: Database
    private let path: String

    init(registry: Database, staging: Database, path: String) throws {
        self.registry = registry
        self.staging = staging
        self.path = path
        try staging.execute(sql: Self.schema)
    }

    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "import"
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; \
                    PRAGMA cache_size = -65536
                    """)
        }
        return configuration
    }

    func record(of identity: DeviceIdentity) throws(RegistryFailure) -> StoredRecord? {
        try perform { try SQLiteQueries.record(of: identity, in: registry) }
    }

    func isStaged(_ identity: DeviceIdentity) throws(RegistryFailure) -> Bool {
        try perform {
            let statement = try staging.cachedStatement(sql: "SELECT 1 FROM staged WHERE identity = ?")
            return try Int.fetchOne(statement, arguments: [identity.text]) != nil
        }
    }

    func owners(ofKey key: KeyFingerprint) throws(RegistryFailure) -> Set<DeviceIdentity> {
        try perform {
            let statement = try staging.cachedStatement(sql: "SELECT identity FROM staged_key WHERE key = ?")
            let staged = try String.fetchAll(statement, arguments: [Data(key.octets)]).map(DeviceIdentity.init(text:))
            return try SQLiteQueries.owners(ofKey: key, in: registry).union(staged)
        }
    }

    func insert(_ record: DeviceRecord, line: Int) throws(RegistryFailure) { try put(record, line: line, isNew: true) }
    func amend(_ record: DeviceRecord, line: Int) throws(RegistryFailure) { try put(record, line: line, isNew: false) }

    private static let schema = """
        CREATE TABLE staged (line INTEGER NOT NULL, is_new INTEGER NOT NULL, identity TEXT NOT NULL UNIQUE, \
        \(DeviceRow.columns.joined(separator: ", ")));
        CREATE TABLE staged_credential (identity TEXT NOT NULL, anchor TEXT NOT NULL, canonical BLOB NOT NULL, \
        display TEXT NOT NULL, \(CredentialRow.columns.joined(separator: ", ")));
        CREATE TABLE staged_key (key BLOB NOT NULL, identity TEXT NOT NULL, line INTEGER NOT NULL, \
        PRIMARY KEY (key, identity)) WITHOUT ROWID;
        """

    private static let insertion = """
        INSERT INTO staged (line, is_new, identity, \(DeviceRow.columns.joined(separator: ", "))) \
        VALUES (?, ?, ?, \(DeviceRow.columns.map { _ in "?" }.joined(separator: ", ")))
        """

    private static let credentialInsertion = """
        INSERT INTO staged_credential (identity, anchor, canonical, display, \
        \(CredentialRow.columns.joined(separator: ", "))) \
        VALUES (?, ?, ?, ?, \(CredentialRow.columns.map { _ in "?" }.joined(separator: ", ")))
        """

    private func put(_ record: DeviceRecord, line: Int, isNew: Bool) throws(RegistryFailure) {
        try perform {
            let statement = try staging.cachedStatement(sql: Self.insertion)
            let head: [(any DatabaseValueConvertible)?] = [line, isNew ? 1 : 0, record.identity.text]
            statement.setUncheckedArguments(StatementArguments(head + DeviceRow.arguments(of: record)))
            try statement.execute()
            for key in record.keys {
                let statement = try staging.cachedStatement(
                    sql: "INSERT OR IGNORE INTO staged_key (key, identity, line) VALUES (?, ?, ?)")
                statement.setUncheckedArguments([Data(key.octets), record.identity.text, line])
                try statement.execute()
            }
            // Those of a device that is there are its own, whatever a file says.
            guard isNew else { return }
            for credential in record.credentials {
                let statement = try staging.cachedStatement(sql: Self.credentialInsertion)
                let head: [(any DatabaseValueConvertible)?] = [
                    record.identity.text, credential.id.anchorEntry, Data(credential.id.issuer.canonical),
                    credential.id.issuer.display,
                ]
                statement.setUncheckedArguments(StatementArguments(head + CredentialRow.arguments(of: credential)))
                try statement.execute()
            }
        }
    }

    private func perform<Value>(_ body: () throws -> Value) throws(RegistryFailure) -> Value {
        do { return try body() } catch { throw .store(StoreFailure(error, path: path)) }
    }
}
