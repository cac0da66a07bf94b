import Foundation
import GRDB
import PKITypes

/// What was staged, taken into the registry: within one transaction, with the staging's file attached as `aside`.
enum StagedRecords {
    /// - Parameter base: the registry's revision when the staging began.
    static func take(
        into transaction: SQLiteTransaction, _ database: Database, since base: Revision
    ) throws -> [StagingConflict] {
        let last = try Int64.fetchOne(database, sql: "SELECT revision FROM registry") ?? 0
        if last != base.rawValue {
            let conflicts = try conflicts(in: database, since: base)
            guard conflicts.isEmpty else { return conflicts }
            try settleChanged(transaction, database, since: base)
        }
        guard try Int.fetchOne(database, sql: "SELECT 1 FROM aside.staged LIMIT 1") != nil else { return [] }
        try transaction.takeRevision()
        let revision = transaction.revision.rawValue
        // By identity, so that the registry's own index grows at its end, or in one sweep.
        try database.execute(
            sql: """
                INSERT INTO device (identity, revision, \(DeviceRow.columns.joined(separator: ", "))) \
                SELECT identity, ?, \(DeviceRow.columns.joined(separator: ", ")) FROM aside.staged \
                WHERE is_new = 1 ORDER BY identity
                """,
            arguments: [revision])
        let updates = DeviceRow.amendedColumns.map { "\($0) = s.\($0)" }.joined(separator: ", ")
        try database.execute(
            sql: """
                UPDATE device SET revision = ?, \(updates), expected_key = coalesce(s.expected_key, device.expected_key) \
                FROM aside.staged AS s WHERE s.is_new = 0 AND device.identity = s.identity
                """,
            arguments: [revision])
        try database.execute(sql: credentials)
        return []
    }

    private static let credentials = """
        INSERT OR IGNORE INTO issuer (anchor, canonical, display) \
        SELECT DISTINCT anchor, canonical, display FROM aside.staged_credential;
        INSERT OR IGNORE INTO credential (device, issuer, \(CredentialRow.columns.joined(separator: ", "))) \
        SELECT device.id, issuer.id, \(CredentialRow.columns.map { "c.\($0)" }.joined(separator: ", ")) \
        FROM aside.staged_credential AS c JOIN device ON device.identity = c.identity \
        JOIN issuer ON issuer.anchor = c.anchor AND issuer.canonical = c.canonical;
        INSERT OR IGNORE INTO device_key (key, device) \
        SELECT k.key, device.id FROM aside.staged_key AS k JOIN device ON device.identity = k.identity ORDER BY k.key;
        """

    /// Keys that a device bound, or was told to expect, meanwhile.
    private static func conflicts(in database: Database, since base: Revision) throws -> [StagingConflict] {
        let sql = """
            SELECT k.line, k.key, device.identity FROM device JOIN credential ON credential.device = device.id \
            JOIN aside.staged_key AS k ON k.key = credential.key WHERE device.revision > ? AND k.identity <> device.identity \
            UNION SELECT k.line, k.key, device.identity FROM device JOIN aside.staged_key AS k ON k.key = device.expected_key \
            WHERE device.revision > ? AND k.identity <> device.identity ORDER BY 1
            """
        return try Row.fetchAll(database, sql: sql, arguments: [base.rawValue, base.rawValue]).map { row in
            var columns = SQLiteColumns(row)
            let line = Int(try columns.integer("line"))
            guard let key = KeyFingerprint(octets: try columns.octets("key")) else {
                throw StoreFailure.unreadableRow(column: "key")
            }
            let owner = DeviceIdentity(text: try columns.text("identity"))
            return StagingConflict(line: line, failure: .keyBelongsTo(owner, key))
        }
    }

    /// Devices that changed, or came, while the file was read: what it says is put upon them as they are now.
    private static func settleChanged(
        _ transaction: SQLiteTransaction, _ database: Database, since base: Revision
    ) throws {
        let changed = try String.fetchAll(
            database,
            sql: """
                SELECT device.identity FROM device JOIN aside.staged AS s ON s.identity = device.identity \
                WHERE device.revision > ?
                """,
            arguments: [base.rawValue])
        for text in changed {
            let identity = DeviceIdentity(text: text)
            guard let now = try transaction.record(of: identity), let staged = try staged(identity, database) else { continue }
            let amended = now.record.amended(by: staged)
            if amended != now.record { try transaction.replace(amended) }
            for table in ["staged", "staged_credential", "staged_key"] {
                try database.execute(sql: "DELETE FROM aside.\(table) WHERE identity = ?", arguments: [text])
            }
        }
    }

    private static func staged(_ identity: DeviceIdentity, _ database: Database) throws -> DeviceRecord? {
        let sql = "SELECT 0, identity, 0, \(DeviceRow.columns.joined(separator: ", ")) FROM aside.staged WHERE identity = ?"
        guard let row = try Row.fetchOne(database, sql: sql, arguments: [identity.text]) else { return nil }
        var columns = SQLiteColumns(row)
        return try DeviceRow.read(&columns).record
    }
}
