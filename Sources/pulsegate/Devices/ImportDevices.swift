import ArgumentParser
import DeviceRegistry
import Glibc

/// `pulsegate devices import`
struct ImportDevices: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add and update devices from a CSV or JSON file: all of it, or nothing.",
        discussion: """
            The first line of CSV names its columns; JSON is an array of objects, or an object on each line. Columns: \
            \(InventoryColumn.allCases.map(\.rawValue).joined(separator: " ")). Only identity must be there; what a file does \
            not say of a device that is there stays.

            A device that is there keeps its state and its credentials, whatever the file says: no file undoes a retirement.
            """
    )

    @OptionGroup var place: RegistryOptions
    @OptionGroup var author: AuthorOptions

    @Argument(help: ArgumentHelp("The file.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("csv or json; default: what the file's name says.", valueName: "format"))
    var format: InventoryFile.Format?

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    func validate() throws {
        guard (format ?? InventoryFile.format(ofName: file)) != nil else {
            throw ValidationError("'\(file)' ends in neither .csv nor .json: say --format")
        }
    }

    func run() throws {
        guard let format = format ?? InventoryFile.format(ofName: file) else { throw ValidationError("say --format") }
        let directory = try place.directory(for: .change)
        let progress = ImportProgress(file)
        let outcome: ImportOutcome
        do {
            outcome = try directory.importInventory(
                InventoryFile(path: file, format: format), author.context, progress: progress.show)
            progress.end()
        } catch {
            progress.end()
            throw report(error)
        }
        if json {
            print(OutcomeText.json(outcome))
        } else {
            print("enrolled \(outcome.enrolled), updated \(outcome.updated), unchanged \(outcome.unchanged)")
            if outcome.statesKept > 0 { print("\(outcome.statesKept) devices keep a state that the file does not give") }
        }
    }

    private func report(_ failure: ImportFailure) -> any Error {
        switch failure {
        case .problems(let problems, let omitted):
            for problem in problems { CommandOutput.report("\(file):\(problem)") }
            if omitted > 0 { CommandOutput.report("\(file): \(omitted) more errors") }
            CommandOutput.report("pulsegate devices: nothing was imported")
            return ExitCode(1)
        case .unreadable(let path, let reason): return CommandOutput.couldNot("\(path): \(reason)")
        case .registry(let failure): return CommandOutput.end(failure)
        }
    }
}

/// How far an import has come, on a terminal's last line; nothing anywhere else.
private struct ImportProgress {
    private let octets: Int
    private let isTerminal = isatty(STDERR_FILENO) == 1

    private static let width = 40

    init(_ file: String) {
        var status = stat()
        octets = stat(file, &status) == 0 ? Int(status.st_size) : 0
    }

    func show(_ done: Int) {
        guard isTerminal, octets > 0 else { return }
        let share = min(1, Double(done) / Double(octets))
        let filled = Int(share * Double(Self.width))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        put("\r[\(bar)] \(Int(share * 100)) %")
    }

    func end() {
        if isTerminal { put("\r" + String(repeating: " ", count: Self.width + 8) + "\r") }
    }

    private func put(_ text: String) { _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) } }
}

extension InventoryFile.Format: ExpressibleByArgument {}
