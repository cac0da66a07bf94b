import ArgumentParser
import Foundation
import Gateway

/// The root of the command line.
@main
struct PulsegateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulsegate",
        abstract: "A mutual-TLS gateway that decides who a device is and whether it is trusted right now.",
        version: PulsegateVersion.text,
        subcommands: [
            RunCommand.self, CheckCommand.self, ExplainCommand.self, VerifyCommand.self, DevicesCommand.self, ProposeCommand.self,
            StatusCommand.self, ReloadCommand.self, DrainCommand.self, SessionsCommand.self, PKICommand.self, DemoCommand.self,
        ]
    )

    /// What scripts may rely on: 0 yes, 1 no, 2 usage, 3 could not. The argument parser's own code for usage is 64.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if command is RunCommand { AllocatorCache.enlarge() }
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            let text = fullMessage(for: error)
            FileHandle.standardError.write(Data((text + "\n").utf8))
            exit(withError: ExitCode(2))
        }
    }
}
