/// What an inventory file may say of a device: a column of CSV, a member of JSON.
package enum InventoryColumn: String, CaseIterable, Sendable {
    case identity
    case state
    case owner
    case model
    case udiDI = "udi_di"
    case lot
    case serialNumber = "serial_number"
    case firmware
    case site
    case zone
    case notes
    case aeTitles = "ae_titles"
    case mqttClientIDs = "mqtt_client_ids"
    case hl7Senders = "hl7_senders"
    case posture
    case windows
    case expectedKey = "expected_key"
    // What an export says beside, so that its import is the same registry again.
    case stateSince = "state_since"
    case stateCause = "state_cause"
    case condemnedKeys = "condemned_keys"
    case firstSeen = "first_seen"
    case lastSeen = "last_seen"
    case enrolledAt = "enrolled_at"
    case enrolledBy = "enrolled_by"
    case credentials

    var index: Int { Self.indices[self] ?? 0 }
    private static let indices = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })

    /// What may stand in it, in the words of an error.
    var expectation: String {
        switch self {
        case .identity: "an identity such as urn:hospital:device:pump:0001, without white space"
        case .state: "provisioned, active, rotating, quarantined, disabled or retired"
        case .owner, .model, .udiDI, .lot, .serialNumber, .firmware, .site, .zone, .notes: "text"
        case .aeTitles, .mqttClientIDs, .hl7Senders: "names, separated by semicolons"
        case .posture:
            "name=value pairs, separated by semicolons; at most \(PostureRule.attributesMax), names such as patch-level, values "
                + "of at most \(PostureRule.valueOctetsMax) octets"
        case .windows: "periods such as 2026-11-23T07:00:00Z/2026-11-23T19:00:00Z, separated by semicolons"
        case .expectedKey: "the SHA-256 of a public key: 64 hexadecimal digits"
        case .condemnedKeys: "SHA-256 hashes of public keys, separated by semicolons"
        case .stateSince, .firstSeen, .lastSeen, .enrolledAt: "a time such as 2026-11-23T15:04:05Z"
        case .stateCause: "a cause as an export writes it"
        case .enrolledBy: "gateway or person:NAME"
        case .credentials: "credentials as an export writes them"
        }
    }
}
