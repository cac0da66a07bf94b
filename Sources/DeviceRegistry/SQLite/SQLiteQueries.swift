import Foundation
import GRDB
import PKITypes

/// What is read, within a transaction or beside it.
enum SQLiteQueries {
    static func record(of identity: DeviceIdentity, in database: Database) throws -> StoredRecord? {
        let statement = try database.cachedStatement(sql: "SELECT \(DeviceRow.selection) FROM device WHERE identity = ?")
        guard let row = try Row.fetchOne(statement, arguments: [identity.text]) else { return nil }
        var columns = SQLiteColumns(row)
        var stored = try DeviceRow.read(&columns)
        let credentials = try database.cachedStatement(
            sql: "SELECT \(CredentialRow.selection) FROM credential WHERE device = ? ORDER BY \(credentialOrder)")
        let rows = try Row.fetchAll(credentials, arguments: [Int64(stored.number.rawValue)])
        guard !rows.isEmpty else { return stored }
        let issuers = try issuers(in: database)
        for row in rows {
            var columns = SQLiteColumns(row)
            stored.record.credentials.append(try CredentialRow.read(&columns, issuers: issuers))
        }
        return stored
    }

    static func history(of identity: DeviceIdentity, in database: Database) throws -> [Transition] {
        let sql = """
            SELECT \(transitionSelection) FROM transition \
            WHERE device = (SELECT id FROM device WHERE identity = ?) ORDER BY id
            """
        return try Row.fetchAll(database, sql: sql, arguments: [identity.text]).map { row in
            var columns = SQLiteColumns(row)
            return try transition(&columns)
        }
    }

    static let transitionSelection = """
        transition.from_state, transition.to_state, transition.cause, transition.actor, transition.reason, transition.time
        """

    static func transition(_ columns: inout SQLiteColumns) throws(StoreFailure) -> Transition {
        let from = try columns.value("from_state") { UInt8.fromDatabaseValue($0).flatMap(DeviceState.init(rawValue:)) }
        let to = try columns.value("to_state") { UInt8.fromDatabaseValue($0).flatMap(DeviceState.init(rawValue:)) }
        let cause = try columns.value("cause") { String.fromDatabaseValue($0).flatMap(TransitionCause.init(text:)) }
        let actor = try columns.value("actor") { String.fromDatabaseValue($0).flatMap(Actor.init(text:)) }
        return Transition(
            from: from, to: to, cause: cause, actor: actor, reason: try columns.text("reason"), time: try columns.moment("time"))
    }

    static func owners(ofKey key: KeyFingerprint, in database: Database) throws -> Set<DeviceIdentity> {
        let statement = try database.cachedStatement(
            sql: "SELECT identity FROM device_key JOIN device ON device.id = device_key.device WHERE key = ?")
        return Set(try String.fetchAll(statement, arguments: [Data(key.octets)]).map(DeviceIdentity.init(text:)))
    }

    /// SQL narrows the rows by what it can; the filter itself decides.
    static func forEachRecord(
        matching filter: DeviceFilter, at now: UnixSeconds, in database: Database, _ body: (StoredRecord) -> Bool
    ) throws {
        let (condition, arguments) = narrowing(filter, at: now)
        let sql = """
            SELECT \(DeviceRow.selection), \(CredentialRow.selection) FROM device \
            LEFT JOIN credential ON credential.device = device.id \
            \(condition) ORDER BY device.identity, \(credentialOrder)
            """
        try forEachJoined(sql, arguments, in: database) { stored in
            filter.selects(stored.record, at: now) ? body(stored) : true
        }
    }

    /// As they were bound; two of one second stand as their issuer numbered them.
    static let credentialOrder = "credential.first_seen, credential.issuer, credential.serial"

    private static func forEachJoined(
        _ sql: String, _ arguments: StatementArguments, in database: Database, _ body: (StoredRecord) -> Bool
    ) throws {
        let issuers = try issuers(in: database)
        let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
        var pending: StoredRecord?
        while let row = try rows.next() {
            var columns = SQLiteColumns(row)
            let number = DeviceNumber(rawValue: try columns.value("id") { UInt32.fromDatabaseValue($0) })
            if number != pending?.number {
                if let pending, !body(pending) { return }
                columns = SQLiteColumns(row)
                pending = try DeviceRow.read(&columns)
            } else {
                columns.skip(DeviceRow.selectionCount - 1)
            }
            guard !columns.isNull else { continue }
            pending?.record.credentials.append(try CredentialRow.read(&columns, issuers: issuers))
        }
        if let pending { _ = body(pending) }
    }

    private static func narrowing(_ filter: DeviceFilter, at now: UnixSeconds) -> (String, StatementArguments) {
        var conditions: [String] = []
        var values: [any DatabaseValueConvertible] = []
        let texts = [
            ("model", filter.model), ("udi_di", filter.udiDI), ("lot", filter.lot), ("owner", filter.owner),
            ("site", filter.site), ("zone", filter.zone), ("owner", filter.onlyOwnerless ? "" : nil),
        ]
        for case (let column, let wanted?) in texts {
            conditions.append("device.\(column) = ?")
            values.append(wanted)
        }
        if !filter.states.isEmpty {
            conditions.append("device.state IN (\(filter.states.map { "\($0.rawValue)" }.joined(separator: ", ")))")
        }
        if filter.onlyOverlapEnded {
            conditions.append("device.id IN (SELECT device FROM credential WHERE standing = 2 AND standing_moment < ?)")
            values.append(now.rawValue)
        }
        if let after = filter.after {
            conditions.append("device.identity > ?")
            values.append(after.text)
        }
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return (clause, StatementArguments(values))
    }

    static func issuers(in database: Database) throws -> [Int64: IssuerRow] {
        var issuers: [Int64: IssuerRow] = [:]
        let statement = try database.cachedStatement(sql: "SELECT id, anchor, canonical, display FROM issuer")
        for row in try Row.fetchAll(statement) {
            var columns = SQLiteColumns(row)
            let number = try columns.integer("id")
            let anchor = try columns.text("anchor")
            let canonical = try columns.octets("canonical")
            let name = DistinguishedName(canonical: canonical, display: try columns.text("display"))
            issuers[number] = IssuerRow(anchor: anchor, name: name)
        }
        return issuers
    }
}
