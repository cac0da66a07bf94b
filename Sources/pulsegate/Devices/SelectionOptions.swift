import ArgumentParser
import DeviceRegistry
import PKITypes

/// The devices that a command is for: by name, or by a filter.
struct SelectionOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Identities, such as urn:hospital:device:pump:0001.", valueName: "identity"))
    var identities: [String] = []

    @OptionGroup(title: "Or all devices that are") var filters: FilterOptions

    @Flag(help: "Of a filter: only count what would be done.")
    var dryRun = false

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    func validate() throws {
        try selection.validate()
    }

    var selection: DeviceSelection {
        DeviceSelection(identities: identities, filter: filters.filter, mode: dryRun ? .dryRun : .apply, json: json)
    }
}

/// Devices, and what is printed of a command to them.
struct DeviceSelection {
    let identities: [String]
    let filter: DeviceFilter
    let mode: BulkOutcome.Mode
    let json: Bool

    func validate() throws {
        guard identities.isEmpty || filter.isEmpty else { throw ValidationError("say either identities or a filter") }
        guard !identities.isEmpty || !filter.isEmpty else {
            throw ValidationError("say which devices: an identity, or a filter")
        }
        guard mode == .apply || identities.isEmpty else { throw ValidationError("--dry-run belongs to a filter") }
    }

    func perform(_ command: DeviceCommand, _ place: RegistryOptions, _ context: CommandContext) throws {
        let directory = try place.directory(for: .read)
        guard identities.isEmpty else {
            var isRefused = false
            for text in identities {
                do throws(RegistryFailure) {
                    let record = try directory.perform(command, on: DeviceIdentity(text: text), context)
                    print(json ? InventoryText.json(record) : "\(text): \(Self.outcome(of: command, record))")
                } catch {
                    if case .store = error { throw CommandOutput.couldNot("\(error)") }
                    CommandOutput.report("pulsegate devices: \(error)")
                    isRefused = true
                }
            }
            if isRefused { throw ExitCode(1) }
            return
        }
        let outcome = try CommandOutput.asking { () throws(RegistryFailure) in
            try directory.performOnAll(command, matching: filter, context, mode: mode)
        }
        print(json ? BulkText.json(outcome) : BulkText.text(outcome, mode), terminator: json ? "\n" : "")
        if outcome.refusedCount > 0 { throw ExitCode(1) }
    }

    private static func pairs(_ posture: [String: String]) -> String {
        posture.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private static func outcome(of command: DeviceCommand, _ record: DeviceRecord) -> String {
        switch command {
        case .activate, .rotate, .quarantine, .disable, .retire, .reinstate: record.state.name
        case .grant(let window): "granted \(window.from.text) to \(window.until.text)"
        case .amend:
            record.posture.isEmpty ? "no attributes" : Self.pairs(record.posture)
        }
    }
}

/// What a bulk command did, for people and for programs.
enum BulkText {
    static func text(_ outcome: BulkOutcome, _ mode: BulkOutcome.Mode) -> String {
        let states = outcome.changed.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key.name)" }
        let before = states.isEmpty ? "" : " (\(states.joined(separator: ", ")))"
        let verb = mode == .dryRun ? "would change" : "changed   "
        var lines = [
            "selected   \(outcome.selected)", "\(verb) \(outcome.changedCount)\(before)",
            "unchanged  \(outcome.unchanged)", "refused    \(outcome.refusedCount)",
        ]
        lines += outcome.refused.map { "  \($0.identity): \($0.failure)" }
        if outcome.refusedCount > outcome.refused.count {
            lines.append("  … \(outcome.refusedCount - outcome.refused.count) more")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static func json(_ outcome: BulkOutcome) -> String {
        let changed = outcome.changed.sorted { $0.key.rawValue < $1.key.rawValue }
        let states = changed.map { "\(InventoryText.string($0.key.name)):\($0.value)" }.joined(separator: ",")
        let refused = outcome.refused.map { refusal in
            InventoryText.object([("identity", refusal.identity.text), ("cause", "\(refusal.failure)")])
        }
        return "{\"selected\":\(outcome.selected),\"changed\":\(outcome.changedCount),\"changed_from\":{\(states)},"
            + "\"unchanged\":\(outcome.unchanged),\"refused\":\(outcome.refusedCount),"
            + "\"refusals\":[\(refused.joined(separator: ","))]}"
    }
}
