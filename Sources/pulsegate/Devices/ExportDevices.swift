import ArgumentParser
import DeviceRegistry
import Glibc

/// `pulsegate devices export`
struct ExportDevices: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write devices as CSV or JSON; its import is the same registry again, without the history.")

    @OptionGroup var place: RegistryOptions
    @OptionGroup(title: "Only devices that are") var filters: FilterOptions

    @Option(help: ArgumentHelp("csv or json.", valueName: "format"))
    var format = InventoryFile.Format.csv

    @Flag(help: "The same as --format json.")
    var json = false

    func run() throws {
        let directory = try place.directory(for: .read)
        let output = OutputBuffer()
        let writesJSON = json || format == .json
        if !writesJSON { output.line(InventoryText.header) }
        var pending: String?
        try CommandOutput.asking { () throws(RegistryFailure) in
            try directory.forEachRecord(matching: filters.filter, at: CommandOutput.now()) { stored in
                if writesJSON {
                    output.line(pending.map { $0 + "," } ?? "[")
                    pending = InventoryText.json(stored.record)
                } else {
                    output.line(InventoryText.csv(stored.record))
                }
                return output.isOpen
            }
        }
        if writesJSON {
            output.line(pending ?? "[")
            output.line("]")
        }
        try output.finish()
    }
}
