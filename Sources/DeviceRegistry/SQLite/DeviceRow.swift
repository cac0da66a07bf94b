import Foundation
import GRDB
import PKITypes

/// A device's columns, written and read.
enum DeviceRow {
    /// Beside id, identity and revision.
    static let columns = [
        "state", "state_since", "state_cause", "owner", "model", "udi_di", "lot", "serial_number", "firmware", "site", "zone",
        "notes", "aliases", "posture", "windows", "expected_key", "condemned_keys", "first_seen", "last_seen", "enrolled_at",
        "enrolled_by",
    ]

    /// What an inventory file may say of a device that is there, beside its expected key.
    static let amendedColumns = [
        "owner", "model", "udi_di", "lot", "serial_number", "firmware", "site", "zone", "notes", "aliases", "posture", "windows",
    ]

    static let selection = (["id", "identity", "revision"] + columns).map { "device.\($0)" }.joined(separator: ", ")
    static let selectionCount = columns.count + 3

    static let insertion = """
        INSERT INTO device (identity, revision, \(columns.joined(separator: ", "))) \
        VALUES (?, ?, \(columns.map { _ in "?" }.joined(separator: ", ")))
        """

    static let update =
        "UPDATE device SET revision = ?, \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE identity = ?"

    static func arguments(of record: DeviceRecord) -> [(any DatabaseValueConvertible)?] {
        let description = record.description
        return [
            record.state.rawValue, record.stateSince.rawValue, record.stateCause.text, description.owner, description.model,
            description.udiDI, description.lot, description.serialNumber, description.firmware, description.site,
            description.zone, description.notes, aliases(record.aliases), posture(record.posture), windows(record.windows),
            record.expectedKey.map { Data($0.octets) }, Data(record.condemnedKeys.flatMap(\.octets)),
            record.firstSeen?.rawValue, record.lastSeen?.rawValue, record.enrolledAt.rawValue, record.enrolledBy.text,
        ]
    }

    static func read(_ columns: inout SQLiteColumns) throws(StoreFailure) -> StoredRecord {
        let number = try columns.value("id") { UInt32.fromDatabaseValue($0) }
        let identity = DeviceIdentity(text: try columns.text("identity"))
        let revision = Revision(rawValue: try columns.integer("revision"))
        let state = try columns.value("state") { UInt8.fromDatabaseValue($0).flatMap(DeviceState.init(rawValue:)) }
        let stateSince = try columns.moment("state_since")
        let stateCause = try columns.value("state_cause") { String.fromDatabaseValue($0).flatMap(TransitionCause.init(text:)) }
        var description = DeviceDescription()
        description.owner = try columns.text("owner")
        description.model = try columns.text("model")
        description.udiDI = try columns.text("udi_di")
        description.lot = try columns.text("lot")
        description.serialNumber = try columns.text("serial_number")
        description.firmware = try columns.text("firmware")
        description.site = try columns.text("site")
        description.zone = try columns.text("zone")
        description.notes = try columns.text("notes")
        let aliases = try columns.value("aliases") { String.fromDatabaseValue($0).flatMap(Self.aliases(in:)) }
        let posture = try columns.value("posture") { String.fromDatabaseValue($0).flatMap(Self.posture(in:)) }
        let windows = try columns.value("windows") { String.fromDatabaseValue($0).flatMap(Self.windows(in:)) }
        let expectedKey = try columns.optionalOctets("expected_key").flatMap { KeyFingerprint(octets: $0) }
        let condemned = try columns.octets("condemned_keys")
        let (firstSeen, lastSeen) = (try columns.optionalMoment("first_seen"), try columns.optionalMoment("last_seen"))
        let enrolledAt = try columns.moment("enrolled_at")
        let enrolledBy = try columns.value("enrolled_by") { String.fromDatabaseValue($0).flatMap(Actor.init(text:)) }
        var record = DeviceRecord(identity: identity, enrolledAt: enrolledAt, enrolledBy: enrolledBy)
        record.description = description
        (record.aliases, record.posture, record.windows) = (aliases, posture, windows)
        (record.state, record.stateSince, record.stateCause) = (state, stateSince, stateCause)
        (record.firstSeen, record.lastSeen) = (firstSeen, lastSeen)
        record.expectedKey = expectedKey
        record.condemnedKeys = keys(in: condemned)
        return StoredRecord(number: DeviceNumber(rawValue: number), revision: revision, record: record)
    }

    static func keys(in octets: [UInt8]) -> [KeyFingerprint] {
        stride(from: 0, to: octets.count, by: 32).compactMap { KeyFingerprint(octets: octets[$0...].prefix(32)) }
    }

    private static func aliases(_ aliases: [SenderAlias]) -> String {
        aliases.isEmpty ? "" : FieldText.pairs(aliases.map { (String($0.kind.rawValue), $0.name) })
    }

    static func aliases(in text: String) -> [SenderAlias]? {
        if text.isEmpty { return [] }
        let aliases = FieldText.pairs(in: text)?.compactMap { pair in
            UInt8(pair.0).flatMap(SenderAlias.Kind.init(rawValue:)).map { SenderAlias($0, pair.1) }
        }
        return aliases
    }

    private static func posture(_ posture: [String: String]) -> String {
        posture.isEmpty ? "" : FieldText.pairs(posture.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    static func posture(in text: String) -> [String: String]? {
        if text.isEmpty { return [:] }
        return FieldText.pairs(in: text).map { Dictionary($0) { _, last in last } }
    }

    private static func windows(_ windows: [TimeWindow]) -> String {
        windows.map { "\($0.from.rawValue)/\($0.until.rawValue)" }.joined(separator: ";")
    }

    static func windows(in text: String) -> [TimeWindow]? {
        if text.isEmpty { return [] }
        var windows: [TimeWindow] = []
        for item in text.split(separator: ";") {
            let ends = item.split(separator: "/").compactMap { Int64($0) }
            guard ends.count == 2, let window = TimeWindow(from: UnixSeconds(ends[0]), until: UnixSeconds(ends[1])) else {
                return nil
            }
            windows.append(window)
        }
        return windows
    }
}
