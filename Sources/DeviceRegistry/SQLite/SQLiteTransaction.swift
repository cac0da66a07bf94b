import Foundation
import GRDB
import PKITypes

/// A change under way in SQLite. It lives as long as the transaction that made it.
final class SQLiteTransaction: StoreTransaction {
    let revision: Revision
    private let database: Database
    private let path: String
    private var isRevisionTaken = false
    private var issuerNumbers: [IssuerRow: Int64] = [:]

    init(_ database: Database, path: String) throws {
        self.database = database
        self.path = path
        let last = try Int64.fetchOne(database, sql: "SELECT revision FROM registry") ?? 0
        revision = Revision(rawValue: last).next
    }

    func record(of identity: DeviceIdentity) throws(RegistryFailure) -> StoredRecord? {
        try perform { try SQLiteQueries.record(of: identity, in: database) }
    }

    func owners(ofKey key: KeyFingerprint) throws(RegistryFailure) -> Set<DeviceIdentity> {
        try perform { try SQLiteQueries.owners(ofKey: key, in: database) }
    }

    func identities(matching filter: DeviceFilter, at now: UnixSeconds) throws(RegistryFailure) -> [DeviceIdentity] {
        try perform {
            var identities: [DeviceIdentity] = []
            try SQLiteQueries.forEachRecord(matching: filter, at: now, in: database) {
                identities.append($0.record.identity)
                return true
            }
            return identities
        }
    }

    func insert(_ record: DeviceRecord) throws(RegistryFailure) {
        try perform {
            try takeRevision()
            let statement = try database.cachedStatement(sql: DeviceRow.insertion)
            let head: [(any DatabaseValueConvertible)?] = [record.identity.text, revision.rawValue]
            statement.setUncheckedArguments(StatementArguments(head + DeviceRow.arguments(of: record)))
            try statement.execute()
            try writeCredentials(of: record, device: database.lastInsertedRowID)
        }
    }

    func replace(_ record: DeviceRecord) throws(RegistryFailure) {
        try perform {
            try takeRevision()
            let statement = try database.cachedStatement(sql: DeviceRow.update)
            let head: [(any DatabaseValueConvertible)?] = [revision.rawValue]
            statement.setUncheckedArguments(
                StatementArguments(head + DeviceRow.arguments(of: record) + [record.identity.text]))
            try statement.execute()
            try writeCredentials(of: record, device: try number(of: record.identity))
        }
    }

    func append(_ transition: Transition, of identity: DeviceIdentity) throws(RegistryFailure) {
        try perform {
            try takeRevision()
            let statement = try database.cachedStatement(sql: Self.transitionInsertion)
            statement.setUncheckedArguments([
                try number(of: identity), revision.rawValue, transition.from.rawValue, transition.to.rawValue,
                transition.cause.text, transition.actor.text, transition.reason, transition.time.rawValue,
            ])
            try statement.execute()
        }
    }

    func markSeen(_ identity: DeviceIdentity, by credential: CredentialID, at time: UnixSeconds) throws(RegistryFailure) {
        try perform {
            let number = try number(of: identity)
            let device = try database.cachedStatement(sql: Self.deviceSeen)
            try device.execute(arguments: [time.rawValue, time.rawValue, number])
            let issuer = try issuerNumber(IssuerRow(anchor: credential.anchorEntry, name: credential.issuer))
            let statement = try database.cachedStatement(sql: Self.credentialSeen)
            try statement.execute(arguments: [time.rawValue, number, issuer, Data(credential.serial.octets)])
        }
    }

    func queueDeliveries(of hook: String, on states: Set<DeviceState>, at now: UnixSeconds) throws(RegistryFailure) {
        try perform { try DeliveryQueries.queue(hook, on: states, at: now, in: database) }
    }

    func note(_ result: HookResult, of delivery: HookDelivery) throws(RegistryFailure) {
        try perform { try DeliveryQueries.note(result, of: delivery, in: database) }
    }

    private static let deviceSeen = """
        UPDATE device SET first_seen = coalesce(first_seen, ?), last_seen = max(coalesce(last_seen, 0), ?) WHERE id = ?
        """

    private static let credentialSeen = """
        UPDATE credential SET last_seen = max(last_seen, ?) WHERE device = ? AND issuer = ? AND serial = ?
        """

    private static let transitionInsertion = """
        INSERT INTO transition (device, revision, from_state, to_state, cause, actor, reason, time) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """

    private func writeCredentials(of record: DeviceRecord, device: Int64) throws {
        for credential in record.credentials {
            let issuer = try issuerNumber(IssuerRow(anchor: credential.id.anchorEntry, name: credential.id.issuer))
            let statement = try database.cachedStatement(sql: CredentialRow.upsert)
            let head: [(any DatabaseValueConvertible)?] = [device, issuer]
            statement.setUncheckedArguments(StatementArguments(head + CredentialRow.arguments(of: credential)))
            try statement.execute()
        }
        for key in record.keys {
            let statement = try database.cachedStatement(sql: "INSERT OR IGNORE INTO device_key (key, device) VALUES (?, ?)")
            statement.setUncheckedArguments([Data(key.octets), device])
            try statement.execute()
        }
    }

    private func number(of identity: DeviceIdentity) throws -> Int64 {
        let statement = try database.cachedStatement(sql: "SELECT id FROM device WHERE identity = ?")
        guard let number = try Int64.fetchOne(statement, arguments: [identity.text]) else {
            throw RegistryFailure.unknownDevice(identity)
        }
        return number
    }

    private func issuerNumber(_ issuer: IssuerRow) throws -> Int64 {
        if let number = issuerNumbers[issuer] { return number }
        let canonical = Data(issuer.name.canonical)
        try database.execute(
            sql: "INSERT OR IGNORE INTO issuer (anchor, canonical, display) VALUES (?, ?, ?)",
            arguments: [issuer.anchor, canonical, issuer.name.display])
        let number = try Int64.fetchOne(
            database, sql: "SELECT id FROM issuer WHERE anchor = ? AND canonical = ?", arguments: [issuer.anchor, canonical])
        guard let number else { throw StoreFailure.unreadableRow(column: "issuer") }
        issuerNumbers[issuer] = number
        return number
    }

    /// What reads only takes none.
    func takeRevision() throws {
        guard !isRevisionTaken else { return }
        try database.execute(sql: "UPDATE registry SET revision = ?", arguments: [revision.rawValue])
        isRevisionTaken = true
    }

    private func perform<Value>(_ body: () throws -> Value) throws(RegistryFailure) -> Value {
        do {
            return try body()
        } catch let failure as RegistryFailure {
            throw failure
        } catch {
            throw .store(StoreFailure(error, path: path))
        }
    }
}
