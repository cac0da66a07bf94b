import Configuration
import DeviceRegistry
import PKITypes

/// A proposal as files: rows that `devices import` takes, policies that `check` takes, and what a person reads first.
extension Proposal {
    /// CSV. The columns that nothing is known of are there to be filled in.
    package var deviceRows: String {
        let head = "identity,expected_key,owner,model,serial_number,zone,notes"
        let rows = devices.map { device in
            let note =
                "seen \(device.count) times at \(device.listeners.joined(separator: " ")) "
                + "from \(device.firstSeen.text) to \(device.lastSeen.text)"
            return "\(InventoryText.cell(device.identity.text)),\(device.key),,,,,\(InventoryText.cell(note))"
        }
        return ([head] + rows).joined(separator: "\n") + "\n"
    }

    /// YAML: to go behind the policies that are there. Only registered devices come in by it.
    package var policyText: String {
        let head = [
            "# Drafted from what observing listeners saw. Review it, then append it to the configuration's `policies:` (below",
            "# those that are there, where it can take nobody from them), and run `pulsegate check`.",
        ]
        if policies.isEmpty { return "# No identity was seen that no policy matches.\n" }
        return (head + ["policies:"] + policies.flatMap(Self.lines)).joined(separator: "\n") + "\n"
    }

    private static func lines(_ policy: ProposedPolicy) -> [String] {
        var lines = [
            "  # \(policy.identities.count) \(policy.identities.count == 1 ? "identity" : "identities"), "
                + "\(policy.identities.prefix(3).joined(separator: ", "))\(policy.identities.count > 3 ? ", …" : "")",
            "  - name: \(policy.name)",
            "    when: { identity: \(quoted(policy.pattern)), listeners: [\(quoted(policy.listener))] }",
            "    devices: registered",
        ]
        if policy.networks.isScattered {
            lines.append("    # From too many networks to name them, or from none: `require: { networks: … }` is yours.")
        } else {
            lines.append("    require: { networks: [\(texts(policy.networks).map(quoted).joined(separator: ", "))] }")
        }
        return lines
    }

    /// For people.
    package var summary: String {
        var lines = ["\(devices.count) devices that the registry does not know (--print devices, for 'devices import')"]
        lines.append("\(policies.count) policies for identities that no policy matches (--print policies)")
        lines += policies.map { "  \($0.pattern) at \($0.listener): \($0.identities.count) identities" }
        lines.append(remarks.isEmpty ? "nothing else to look into" : "to look into:")
        lines += remarks.map { "  \($0.text)" }
        return lines.joined(separator: "\n") + "\n"
    }

    package var json: String {
        let rows = devices.map { device in
            InventoryText.object([
                ("identity", device.identity.text), ("expected_key", "\(device.key)"), ("count", "\(device.count)"),
                ("first_seen", device.firstSeen.text), ("last_seen", device.lastSeen.text),
            ])
        }
        let drafts = policies.map { policy in
            "{\"name\":\(InventoryText.string(policy.name)),\"identity\":\(InventoryText.string(policy.pattern)),"
                + "\"listener\":\(InventoryText.string(policy.listener)),"
                + "\"networks\":[\(Self.texts(policy.networks).map(InventoryText.string).joined(separator: ","))],"
                + "\"identities\":[\(policy.identities.map(InventoryText.string).joined(separator: ","))]}"
        }
        let notes = remarks.map { InventoryText.string($0.text) }
        return "{\"devices\":[\(rows.joined(separator: ","))],\"policies\":[\(drafts.joined(separator: ","))],"
            + "\"remarks\":[\(notes.joined(separator: ","))]}\n"
    }

    static func texts(_ networks: ObservedNetworks) -> [String] { networks.networks.map(\.text).sorted() }

    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}

extension ProposalRemark {
    package var text: String {
        switch self {
        case .sharedKey(let identity, let others):
            "\(identity) shows a key that \(others.prefix(3).joined(separator: ", ")) shows, too: "
                + "find out which of them is a copy"
        case .severalKeys(let identity, let keys):
            "\(identity) is not registered and shows \(keys.count) keys: find out which is its own "
                + "(\(keys.prefix(3).map(\.description).joined(separator: ", ")))"
        case .credential(let identity, let reason, let key):
            "\(identity) would be refused as \(reason.rawValue) with key \(key): \(reason.advice)"
        case .requirement(let reason, let listener, let identities, let networks):
            "\(identities.count) devices at \(listener) would be refused as \(reason.rawValue) "
                + "(\(identities.prefix(3).joined(separator: ", "))\(identities.count > 3 ? ", …" : ""))"
                + (reason == .networkNotAllowed ? ", from \(Self.places(networks))" : "") + ": \(reason.advice)"
        }
    }

    private static func places(_ networks: ObservedNetworks) -> String {
        networks.isScattered ? "many networks" : Proposal.texts(networks).joined(separator: ", ")
    }
}
