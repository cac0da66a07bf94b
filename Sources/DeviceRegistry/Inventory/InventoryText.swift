import PKITypes

/// A record as a line of an inventory file, in either spelling; it reads back as the same record.
package enum InventoryText {
    /// The line that names the columns of CSV.
    package static var header: String { InventoryColumn.allCases.map(\.rawValue).joined(separator: ",") }

    package static func csv(_ record: DeviceRecord) -> String {
        InventoryColumn.allCases.map { column in
            switch value(column, record) {
            case .text(let text): field(text)
            case .list(let list): field(FieldText.list(list))
            case .pairs(let pairs): field(FieldText.pairs(pairs))
            case .objects(let objects): objects.isEmpty ? "" : field(array(objects))
            }
        }.joined(separator: ",")
    }

    /// One object on one line; what the registry does not know is left out.
    package static func json(_ record: DeviceRecord) -> String {
        let members: [String] = InventoryColumn.allCases.compactMap { column in
            let text: String
            switch value(column, record) {
            case .text(let found): text = found.isEmpty ? "" : string(found)
            case .list(let list): text = list.isEmpty ? "" : "[\(list.map(string).joined(separator: ","))]"
            case .pairs(let pairs): text = pairs.isEmpty ? "" : object(pairs)
            case .objects(let objects): text = objects.isEmpty ? "" : array(objects)
            }
            return text.isEmpty ? nil : "\(string(column.rawValue)):\(text)"
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// What a credential is worth, in the words of an export.
    package static func standing(of credential: Credential) -> String { CredentialText.text(of: credential.standing) }

    /// A JSON string (RFC 8259 §7).
    package static func string(_ text: String) -> String {
        var escaped = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped + "\""
    }

    package static func object(_ members: [(String, String)]) -> String {
        "{\(members.map { "\(string($0.0)):\(string($0.1))" }.joined(separator: ","))}"
    }

    private enum Value {
        case text(String)
        case list([String])
        case pairs([(String, String)])
        case objects([[(String, String)]])
    }

    private static func value(_ column: InventoryColumn, _ record: DeviceRecord) -> Value {
        switch column {
        case .identity: .text(record.identity.text)
        case .state: .text(record.state.name)
        case .owner: .text(record.description.owner)
        case .model: .text(record.description.model)
        case .udiDI: .text(record.description.udiDI)
        case .lot: .text(record.description.lot)
        case .serialNumber: .text(record.description.serialNumber)
        case .firmware: .text(record.description.firmware)
        case .site: .text(record.description.site)
        case .zone: .text(record.description.zone)
        case .notes: .text(record.description.notes)
        case .aeTitles: .list(record.aliases.filter { $0.kind == .dicomAETitle }.map(\.name))
        case .mqttClientIDs: .list(record.aliases.filter { $0.kind == .mqttClientID }.map(\.name))
        case .hl7Senders: .list(record.aliases.filter { $0.kind == .hl7Sender }.map(\.name))
        case .posture: .pairs(record.posture.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        case .windows: .list(record.windows.map(\.text))
        case .expectedKey: .text(record.expectedKey?.description ?? "")
        case .condemnedKeys: .list(record.condemnedKeys.map(\.description))
        case .stateSince: .text(record.stateSince.text)
        case .stateCause: .text(record.stateCause.text)
        case .firstSeen: .text(record.firstSeen?.text ?? "")
        case .lastSeen: .text(record.lastSeen?.text ?? "")
        case .enrolledAt: .text(record.enrolledAt.text)
        case .enrolledBy: .text(record.enrolledBy.text)
        case .credentials: .objects(record.credentials.map { CredentialText.members(of: $0).map { ($0.name, $0.value) } })
        }
    }

    private static func array(_ objects: [[(String, String)]]) -> String { "[\(objects.map(object).joined(separator: ","))]" }

    /// A cell of CSV.
    package static func cell(_ text: String) -> String { field(text) }

    /// RFC 4180: in quotes when it must be.
    private static func field(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { octet in
            octet != UInt8(ascii: ",") && octet != UInt8(ascii: "\"") && octet != UInt8(ascii: "\n")
                && octet != UInt8(ascii: "\r")
        }
        return isPlain
            ? text : "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
