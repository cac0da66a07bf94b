import GRDB
import PKITypes

/// What a view reads of devices.
enum EntryQueries {
    static func forEach(
        since position: EntryPosition, limit: Int, in database: Database, _ body: (DecisionEntry) -> Void
    ) throws -> EntryPosition {
        var last: DecisionEntry?
        var left = limit
        func take(_ entry: DecisionEntry) -> Bool {
            body(entry)
            last = entry
            left -= 1
            return left > 0
        }
        let revision = position.revision.rawValue
        // One condition on both columns would have SQLite go through the whole revision again each time.
        if let number = position.number {
            try forEach(
                "device.revision = ? AND device.id > ?", [revision, Int64(number.rawValue)], in: database, take)
        }
        if left > 0 { try forEach("device.revision > ?", [revision], in: database, take) }
        if left == 0, let last { return EntryPosition(last) }
        return EntryPosition(allOf: Revision(rawValue: try Int64.fetchOne(database, sql: "SELECT revision FROM registry") ?? 0))
    }

    static func forEach(
        of identities: Set<DeviceIdentity>, in database: Database, _ body: (DecisionEntry) -> Void
    ) throws {
        for identity in identities {
            try forEach("device.identity = ?", [identity.text], in: database) { entry in
                body(entry)
                return true
            }
        }
    }

    /// Ends early when `body` says no.
    private static func forEach(
        _ condition: String, _ arguments: StatementArguments, in database: Database, _ body: (DecisionEntry) -> Bool
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(EntryRow.selection), \(CredentialRow.selection) FROM device \
                LEFT JOIN credential ON credential.device = device.id \
                WHERE \(condition) ORDER BY device.revision, device.id, \(SQLiteQueries.credentialOrder)
                """)
        let issuers = try SQLiteQueries.issuers(in: database)
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        var pending: DecisionEntry?
        while let row = try rows.next() {
            var columns = SQLiteColumns(row)
            let number = DeviceNumber(rawValue: try columns.value("id") { UInt32.fromDatabaseValue($0) })
            if number != pending?.number {
                if let pending, !body(pending) { return }
                pending = try EntryRow.read(number, &columns)
            } else {
                columns.skip(EntryRow.selectionCount - 1)
            }
            guard !columns.isNull else { continue }
            let credential = try CredentialRow.read(&columns, issuers: issuers)
            pending?.credentials.append(
                DecisionEntry.BoundCredential(
                    id: credential.id, key: credential.key, notAfter: credential.validity.notAfter, standing: credential.standing)
            )
        }
        if let pending { _ = body(pending) }
    }
}
