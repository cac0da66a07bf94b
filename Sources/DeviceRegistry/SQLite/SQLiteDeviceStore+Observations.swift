import Foundation
import GRDB
import PKITypes

extension SQLiteDeviceStore: ObservationStore {
    package func note(_ seen: [ObservedRefusal], rowsMax: Int) throws(StoreFailure) -> Int64 {
        try writeAside { database in
            var room = try rowsMax - (Int.fetchOne(database, sql: "SELECT count(*) FROM observation") ?? 0)
            var dropped: Int64 = 0
            for sighting in seen {
                var row = sighting
                if let known = try ObservationRow.find(sighting.key, in: database) {
                    row.add(known)
                } else if room > 0 {
                    room -= 1
                } else {
                    dropped += sighting.count
                    continue
                }
                try ObservationRow.write(row, in: database)
            }
            return dropped
        }
    }

    package func observations(of listener: String?, since: UnixSeconds) throws(StoreFailure) -> [ObservedRefusal] {
        try read { database in
            let sql = """
                SELECT \(ObservationRow.selection) FROM observation WHERE last_seen >= ?1 AND (?2 IS NULL OR listener = ?2) \
                ORDER BY listener, identity, key, reason
                """
            let rows = try Row.fetchAll(database, sql: sql, arguments: [since.rawValue, listener])
            return try rows.map { try ObservationRow.read($0) }
        }
    }
}

/// An observation's columns, written and read.
private enum ObservationRow {
    static let selection = """
        listener, identity, key, reason, anchor, issuer, issuer_display, serial, not_before, not_after, first_seen, last_seen, \
        count, networks
        """

    static func find(_ key: ObservedRefusal.Key, in database: Database) throws -> ObservedRefusal? {
        let statement = try database.cachedStatement(
            sql: "SELECT \(selection) FROM observation WHERE listener = ? AND identity = ? AND key = ? AND reason = ?")
        let row = try Row.fetchOne(
            statement, arguments: [key.listener, key.identity.text, Data(key.key.octets), key.reason.rawValue])
        return try row.map(read)
    }

    static func write(_ seen: ObservedRefusal, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO observation (\(selection)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let arguments: [(any DatabaseValueConvertible)?] = [
            seen.key.listener, seen.key.identity.text, Data(seen.key.key.octets), seen.key.reason.rawValue,
            seen.credential.anchorEntry, Data(seen.credential.issuer.canonical), seen.credential.issuer.display,
            Data(seen.credential.serial.octets), seen.validity.notBefore.rawValue, seen.validity.notAfter.rawValue,
            seen.firstSeen.rawValue, seen.lastSeen.rawValue, seen.count, Data(seen.networks.octets),
        ]
        statement.setUncheckedArguments(StatementArguments(arguments))
        try statement.execute()
    }

    static func read(_ row: Row) throws -> ObservedRefusal {
        var columns = SQLiteColumns(row)
        let listener = try columns.text("listener")
        let identity = DeviceIdentity(text: try columns.text("identity"))
        guard let key = KeyFingerprint(octets: try columns.octets("key")) else { throw StoreFailure.unreadableRow(column: "key") }
        let reason = try columns.value("reason") { String.fromDatabaseValue($0).flatMap(RefusalReason.init(rawValue:)) }
        let anchor = try columns.text("anchor")
        let canonical = try columns.octets("issuer")
        let issuer = DistinguishedName(canonical: canonical, display: try columns.text("issuer_display"))
        guard let serial = SerialNumber(octets: try columns.octets("serial")) else {
            throw StoreFailure.unreadableRow(column: "serial")
        }
        let validity = Validity(notBefore: try columns.moment("not_before"), notAfter: try columns.moment("not_after"))
        let (firstSeen, lastSeen) = (try columns.moment("first_seen"), try columns.moment("last_seen"))
        let count = try columns.integer("count")
        guard let networks = ObservedNetworks(octets: try columns.octets("networks")) else {
            throw StoreFailure.unreadableRow(column: "networks")
        }
        return ObservedRefusal(
            ObservedRefusal.Key(listener: listener, identity: identity, key: key, reason: reason),
            CredentialID(anchorEntry: anchor, issuer: issuer, serial: serial), validity, firstSeen: firstSeen, lastSeen: lastSeen,
            count: count, networks: networks)
    }
}
