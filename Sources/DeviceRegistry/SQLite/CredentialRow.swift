import Foundation
import GRDB
import PKITypes

/// A credential's columns, written and read.
enum CredentialRow {
    static let selection = """
        credential.issuer, credential.serial, credential.key, credential.not_before, credential.not_after, \
        credential.first_seen, credential.last_seen, credential.standing, credential.standing_moment, \
        credential.standing_reason
        """

    /// Behind the device's and the issuer's number.
    static let columns = [
        "serial", "key", "not_before", "not_after", "first_seen", "last_seen", "standing", "standing_moment", "standing_reason",
    ]

    static let upsert = """
        INSERT OR REPLACE INTO credential (device, issuer, serial, key, not_before, not_after, first_seen, last_seen, \
        standing, standing_moment, standing_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// Behind the device's and the issuer's number.
    static func arguments(of credential: Credential) -> [(any DatabaseValueConvertible)?] {
        let standing = StandingColumns(credential.standing)
        return [
            Data(credential.id.serial.octets), Data(credential.key.octets), credential.validity.notBefore.rawValue,
            credential.validity.notAfter.rawValue, credential.firstSeen.rawValue, credential.lastSeen.rawValue, standing.kind,
            standing.moment, standing.reason,
        ]
    }

    /// - Parameter issuers: by their number: the anchor's entry and the name.
    static func read(
        _ columns: inout SQLiteColumns, issuers: [Int64: IssuerRow]
    ) throws(StoreFailure) -> Credential {
        let issuer = try columns.value("issuer") { Int64.fromDatabaseValue($0).flatMap { issuers[$0] } }
        let serialOctets = try columns.octets("serial")
        guard let serial = SerialNumber(octets: serialOctets) else { throw .unreadableRow(column: "serial") }
        guard let key = KeyFingerprint(octets: try columns.octets("key")) else { throw .unreadableRow(column: "key") }
        let validity = Validity(notBefore: try columns.moment("not_before"), notAfter: try columns.moment("not_after"))
        let (firstSeen, lastSeen) = (try columns.moment("first_seen"), try columns.moment("last_seen"))
        let standing = StandingColumns(
            kind: try columns.integer("standing"), moment: try columns.integer("standing_moment"),
            reason: try columns.integer("standing_reason"))
        guard let standing = standing.standing else { throw .unreadableRow(column: "standing") }
        return Credential(
            id: CredentialID(anchorEntry: issuer.anchor, issuer: issuer.name, serial: serial), key: key, validity: validity,
            firstSeen: firstSeen, lastSeen: lastSeen, standing: standing)
    }
}

/// The issuer of credentials: a million of them name a handful.
struct IssuerRow: Hashable, Sendable {
    let anchor: String
    let name: DistinguishedName
}

/// A standing as three numbers.
private struct StandingColumns {
    let kind: Int64
    let moment: Int64
    let reason: Int64

    init(kind: Int64, moment: Int64, reason: Int64) {
        self.kind = kind
        self.moment = moment
        self.reason = reason
    }

    init(_ standing: CredentialStanding) {
        switch standing {
        case .current: self.init(kind: 1, moment: 0, reason: 0)
        case .overlapping(let until): self.init(kind: 2, moment: until.rawValue, reason: 0)
        case .superseded: self.init(kind: 3, moment: 0, reason: 0)
        case .dead(.revoked(let reason, let listIssued)):
            self.init(kind: 4, moment: listIssued.rawValue, reason: Int64(reason.rawValue))
        case .dead(.deviceRetired): self.init(kind: 5, moment: 0, reason: 0)
        }
    }

    var standing: CredentialStanding? {
        switch kind {
        case 1: return .current
        case 2: return .overlapping(until: UnixSeconds(moment))
        case 3: return .superseded
        case 4:
            let reason = UInt8(exactly: reason).flatMap(RevocationReason.init(rawValue:))
            return reason.map { .dead(.revoked($0, listIssued: UnixSeconds(moment))) }
        case 5: return .dead(.deviceRetired)
        default: return nil
        }
    }
}
