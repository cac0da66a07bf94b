import ArgumentParser
import DeviceRegistry
import PKITypes

/// `pulsegate devices show`
struct ShowDevice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show all that the registry knows of a device, and its history.")

    @OptionGroup var place: RegistryOptions

    @Argument(help: ArgumentHelp("Its identity.", valueName: "identity"))
    var identity: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let directory = try place.directory(for: .read)
        let identity = DeviceIdentity(text: identity)
        let (stored, history) = try CommandOutput.asking { () throws(RegistryFailure) in
            guard let stored = try directory.record(of: identity) else { throw .unknownDevice(identity) }
            return (stored, try directory.history(of: identity))
        }
        print(json ? Self.json(stored.record, history) : Self.text(stored.record, history))
    }

    private static func json(_ record: DeviceRecord, _ history: [Transition]) -> String {
        let steps = history.map { step in
            InventoryText.object([
                ("from", step.from.name), ("to", step.to.name), ("cause", step.cause.text), ("actor", step.actor.text),
                ("reason", step.reason), ("time", step.time.text),
            ])
        }
        return InventoryText.json(record).dropLast() + ",\"history\":[\(steps.joined(separator: ","))]}"
    }

    private static func text(_ record: DeviceRecord, _ history: [Transition]) -> String {
        let description = record.description
        var facts = [
            ("state", "\(record.state.name) since \(record.stateSince.text) (\(record.stateCause.text))"),
            ("enrolled", "\(record.enrolledAt.text) by \(record.enrolledBy.text)"),
            ("seen", record.lastSeen.map { "\($0.text), first \(record.firstSeen?.text ?? "then")" } ?? "never"),
            ("owner", description.owner), ("model", description.model), ("udi-di", description.udiDI), ("lot", description.lot),
            ("serial", description.serialNumber), ("firmware", description.firmware), ("site", description.site),
            ("zone", description.zone), ("notes", description.notes),
        ]
        for alias in record.aliases { facts.append((Self.name(of: alias.kind), alias.name)) }
        for (name, value) in record.posture.sorted(by: { $0.key < $1.key }) { facts.append(("posture", "\(name)=\(value)")) }
        for window in record.windows { facts.append(("window", "\(window.from.text) to \(window.until.text)")) }
        if let key = record.expectedKey { facts.append(("expected key", key.description)) }
        for credential in record.credentials {
            facts.append(("credential", "\(credential.id), \(InventoryText.standing(of: credential))"))
            facts.append(("", "key \(credential.key)"))
            facts.append(("", "valid \(credential.validity.notBefore.text) to \(credential.validity.notAfter.text)"))
            facts.append(("", "seen \(credential.firstSeen.text) to \(credential.lastSeen.text)"))
        }
        for step in history {
            let reason = step.reason.isEmpty ? "" : ": \(step.reason)"
            let change = step.changesState ? "\(step.from.name) → \(step.to.name), " : ""
            facts.append(("history", "\(step.time.text) \(change)\(step.cause.text), \(step.actor.text)\(reason)"))
        }
        let lines = facts.filter { !$0.1.isEmpty }.map { name, value in
            name + String(repeating: " ", count: max(1, 14 - name.count)) + OutputBuffer.singleLine(value)
        }
        return ([record.identity.text] + lines.map { "  \($0)" }).joined(separator: "\n")
    }

    private static func name(of kind: SenderAlias.Kind) -> String {
        switch kind {
        case .dicomAETitle: "AE title"
        case .mqttClientID: "MQTT client"
        case .hl7Sender: "HL7 sender"
        }
    }
}
