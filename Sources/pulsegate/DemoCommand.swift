import ArgumentParser
import Demonstration
import Foundation
import Synchronization

/// `pulsegate demo`: the gateway at work, with everything that it needs.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show who is admitted, refused and cut, and why: a gateway, simulated devices, a laboratory CA.",
        discussion: "Without --once the gateway serves on after the scenes, until Ctrl-C, with examples to try. "
            + "Exit code 0: every scene ended as told, 1: not, 3: the demonstration could not be set up."
    )

    @Flag(name: .long, help: "End after the scenes.")
    var once = false

    @Flag(name: .long, help: "One JSON object a line: each scene, then a summary.")
    var json = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Listen on the \(Demonstration.Settings.portCount) ports from here upwards, not on free ones.", valueName: "port"
        )
    )
    var portBase: UInt16?

    @Option(name: .long, help: "After the scenes, show the same revocation at this peer, which has to be installed.")
    var compare: Demonstration.Peer?

    func validate() throws {
        guard let portBase else { return }
        let last = UInt16.max - (Demonstration.Settings.portCount - 1)
        guard (1...last).contains(portBase) else { throw ValidationError("--port-base is 1 to \(last)") }
    }

    func run() async throws {
        let signals = Signals.stream([SIGINT, SIGTERM, SIGHUP])
        let (reloads, requestReload) = AsyncStream<Void>.makeStream()
        let ending: Demonstration.Ending = once ? .atOnce : .serving(reloads: reloads)
        let playbook = report
        let settings = Demonstration.Settings(portBase: portBase, peer: compare)
        let demonstration = Task { try await Demonstration.run(settings, ending: ending, report: playbook) }
        let listening = Task {
            for await signal in signals {
                if signal == SIGHUP { requestReload.yield() } else { demonstration.cancel() }
            }
        }
        defer { listening.cancel() }
        do {
            guard try await demonstration.value.passed else { throw ExitCode(1) }
        } catch let failure as DemonstrationFailure {
            FileHandle.standardError.write(Data("pulsegate demo: \(failure)\n".utf8))
            throw ExitCode(3)
        }
    }

    /// Scenes and, later, several platforms report at once.
    private var report: @Sendable (DemonstrationEvent) -> Void {
        if json {
            return { event in
                if let line = SceneJSON.text(for: event) { Self.write(line) }
            }
        }
        let environment = ProcessInfo.processInfo.environment
        let style = TextStyle.suited(
            to: isatty(STDOUT_FILENO) == 1 ? .terminal : .other, noColor: environment["NO_COLOR"], term: environment["TERM"]
        )
        let narrator = Narrator(style)
        return { event in narrator.tell(event) }
    }

    fileprivate static func write(_ text: String) {
        // Whoever reads has gone: the scenes go on, and the exit code still says how they ended.
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}

/// Tells one event at a time.
private final class Narrator: Sendable {
    private let narration: Mutex<Narration>

    init(_ style: TextStyle) { narration = Mutex(Narration(style)) }

    func tell(_ event: DemonstrationEvent) { narration.withLock { DemoCommand.write($0.text(for: event)) } }
}

extension Demonstration.Peer: ExpressibleByArgument {}
