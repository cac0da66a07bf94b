import ArgumentParser
import Configuration
import DeviceRegistry
import Glibc
import PKITypes
import Proposal

/// `pulsegate propose`: drafts registry rows and policies from what observing listeners have seen.
struct ProposeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "propose",
        abstract: "Draft registry rows and policies from what observing listeners have seen.",
        discussion: """
            Reads the registry of the configuration's state directory; the gateway may run meanwhile, and what it saw in the \
            last second may be missing. It changes nothing: review what it prints, then `devices import` the rows and append the \
            policies to the configuration.
            Exit code 0: printed, 1: the configuration has errors, 3: it or the registry cannot be read.
            """
    )

    enum Part: String, CaseIterable, ExpressibleByArgument { case summary, devices, policies }

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config = "/etc/pulsegate/pulsegate.yaml"

    @Option(help: ArgumentHelp("Only what this listener saw.", valueName: "name"))
    var listener: String?

    @Option(help: ArgumentHelp("Only what was seen within so long, as 24h or 30d.", valueName: "duration"))
    var since: String?

    @Option(
        name: .customLong("print"),
        help: ArgumentHelp("summary; devices: CSV that 'devices import' takes; policies: YAML.", valueName: "part"))
    var part = Part.summary

    @Flag(help: "Print all of it as one JSON object.")
    var json = false

    func validate() throws {
        guard since.map({ UnitText.seconds($0) != nil }) ?? true else {
            throw ValidationError("--since takes a duration such as 24h or 30d")
        }
    }

    func run() throws {
        let reading: ConfigurationResult
        do { reading = try ConfigurationReader.read(file: config) } catch { throw Self.end(3, "\(error)") }
        guard let configuration = reading.configuration else { throw Self.end(1, "\(config) has errors ('pulsegate check')") }
        if let listener, !configuration.listeners.contains(where: { $0.name == listener }) {
            throw Self.end(1, "\(config) has no listener '\(listener)'")
        }
        let path = "\(configuration.stateDirectory)/registry.sqlite"
        guard access(path, F_OK) == 0 else { throw Self.end(3, "\(path): no gateway has run with it yet") }
        let proposal: Proposal
        do throws(StoreFailure) {
            let store = try SQLiteDeviceStore(path: path, examination: .none)
            let start = since.flatMap(UnitText.seconds).map { CommandOutput.now() + -$0 } ?? UnixSeconds(.min)
            proposal = try Proposal(
                store.observations(of: listener, since: start), policyNames: Set(configuration.policies.map(\.name))
            ) { identity throws(StoreFailure) in try store.record(of: identity) != nil }
        } catch {
            throw Self.end(3, "\(error)")
        }
        print(text(of: proposal), terminator: "")
    }

    private func text(of proposal: Proposal) -> String {
        if json { return proposal.json }
        switch part {
        case .summary: return proposal.summary
        case .devices: return proposal.deviceRows
        case .policies: return proposal.policyText
        }
    }

    private static func end(_ code: Int32, _ cause: String) -> ExitCode {
        CommandOutput.report("pulsegate propose: \(cause)")
        return ExitCode(code)
    }
}
