import ArgumentParser
import Configuration
import Gateway
import Glibc

/// `pulsegate check`: parses, validates and lints a configuration and the files that it names; every finding on its own line of
/// standard error.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a configuration file, and the files that it names.",
        discussion: "Exit code 0: no errors (there may be warnings), 1: errors, 3: the file cannot be read."
    )

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config = "/etc/pulsegate/pulsegate.yaml"

    @Flag(name: .customLong("print"), help: "Print the effective configuration: every key with its value.")
    var printsEffective = false

    @Flag(name: .customLong("print-reference"), help: "Print a commented configuration with every key, and check nothing.")
    var printsReference = false

    @Flag(name: .customLong("print-schema"), help: "Print the JSON Schema of the configuration, and check nothing.")
    var printsSchema = false

    func run() throws {
        guard !printsReference, !printsSchema else {
            if printsReference { print(ReferenceFile.text, terminator: "") }
            if printsSchema { print(ConfigurationSchema.text, terminator: "") }
            return
        }
        let result: ConfigurationResult
        do {
            result = try ConfigurationExamination(file: config).reading
        } catch {
            Self.report("\(error)")
            throw ExitCode(3)
        }
        for finding in result.findings { Self.report(finding.description) }
        if printsEffective, let effective = EffectiveConfiguration(result) { print(effective.text, terminator: "") }
        if result.hasErrors { throw ExitCode(1) }
        // Who asked for the configuration on standard output gets nothing else there.
        if !printsEffective { print("\(config): no errors") }
    }

    private static func report(_ line: String) {
        _ = (line + "\n").withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }
}
