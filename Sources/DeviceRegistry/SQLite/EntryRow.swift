import GRDB
import PKITypes

/// The columns of a device that a decision needs.
enum EntryRow {
    private static let columns = [
        "id", "identity", "revision", "state", "expected_key", "condemned_keys", "aliases", "posture", "windows",
    ]

    static let selection = columns.map { "device.\($0)" }.joined(separator: ", ")
    static let selectionCount = columns.count

    /// Behind the number.
    static func read(_ number: DeviceNumber, _ columns: inout SQLiteColumns) throws(StoreFailure) -> DecisionEntry {
        let identity = DeviceIdentity(text: try columns.text("identity"))
        let revision = Revision(rawValue: try columns.integer("revision"))
        let state = try columns.value("state") { UInt8.fromDatabaseValue($0).flatMap(DeviceState.init(rawValue:)) }
        let expectedKey = try columns.optionalOctets("expected_key").flatMap { KeyFingerprint(octets: $0) }
        let condemnedKeys = DeviceRow.keys(in: try columns.octets("condemned_keys"))
        let aliases = try columns.value("aliases") { String.fromDatabaseValue($0).flatMap(DeviceRow.aliases(in:)) }
        let posture = try columns.value("posture") { String.fromDatabaseValue($0).flatMap(DeviceRow.posture(in:)) }
        let windows = try columns.value("windows") { String.fromDatabaseValue($0).flatMap(DeviceRow.windows(in:)) }
        return DecisionEntry(
            number: number, revision: revision, identity: identity, state: state, expectedKey: expectedKey,
            condemnedKeys: condemnedKeys, aliases: aliases, posture: posture, windows: windows, credentials: [])
    }
}
