import ArgumentParser
import DeviceRegistry
import PKITypes

/// `pulsegate devices list`
struct ListDevices: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List devices, one on a line, by identity.",
        discussion:
            "Columns are separated by tabs: identity, state, since, owner, model, last seen, end of the last good credential.")

    @OptionGroup var place: RegistryOptions
    @OptionGroup(title: "Only devices that are") var filters: FilterOptions

    @Flag(help: "Print a JSON object on each line.")
    var json = false

    @Flag(help: "Print how many, in which states, and no list.")
    var count = false

    func run() throws {
        let directory = try place.directory(for: .read)
        let now = CommandOutput.now()
        let output = OutputBuffer()
        var counts: [DeviceState: Int] = [:]
        try CommandOutput.asking { () throws(RegistryFailure) in
            try directory.forEachRecord(matching: filters.filter, at: now) { stored in
                counts[stored.record.state, default: 0] += 1
                if !count { output.line(json ? InventoryText.json(stored.record) : Self.line(stored.record, now)) }
                return output.isOpen
            }
        }
        if count {
            let states = counts.sorted { $0.key.rawValue < $1.key.rawValue }
            let total = counts.values.reduce(0, +)
            if json {
                output.line(OutcomeText.json(counts))
            } else {
                output.line("devices\t\(total)")
                for (state, count) in states { output.line("\(state.name)\t\(count)") }
            }
        }
        try output.finish()
    }

    private static func line(_ record: DeviceRecord, _ now: UnixSeconds) -> String {
        let last = record.credentials.filter { $0.isGood(at: now) }.map(\.validity.notAfter).max()
        let columns = [
            record.identity.text, record.state.name, record.stateSince.text, record.description.owner, record.description.model,
            record.lastSeen?.text ?? "never", last?.text ?? "none",
        ]
        return columns.map(OutputBuffer.singleLine).joined(separator: "\t")
    }
}
