import ArgumentParser
import Glibc

@main
struct PulsegateLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulsegate-load",
        abstract: "Loads a mutual-TLS gateway with simulated devices and reports what it did.",
        discussion: """
            The gateway's upstream must echo what it receives; the subcommand echo is such an upstream:

              pulsegate-load echo --bind 127.0.0.1:9000
              pulsegate-load handshake --target gateway:8883 --credentials devices

            Every byte of every echo is compared with what was sent. Failures are counted by kind: the phase and what \
            the peer did, such as "handshake: alert 48 unknown CA". In TLS 1.3 a refusal arrives after the client's \
            side of the handshake is done, so it is counted under "exchange".

            Exit codes: 0 every connection succeeded, 1 one failed, 2 usage, 3 it could not run, 130 interrupted.
            """,
        subcommands: [
            HandshakeCommand.self, ChurnCommand.self, IdleCommand.self, PingpongCommand.self, StreamCommand.self,
            EchoCommand.self,
        ]
    )

    static func main() {
        // A write to a connection that the gateway has reset is a failure to count, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let code as ExitCode {
            fflush(nil)
            Glibc.exit(code.rawValue)
        } catch {
            end(with: error)
        }
    }

    /// ArgumentParser's own exit code for wrong usage is 64; the contract's is 2.
    private static func end(with error: any Error) -> Never {
        switch exitCode(for: error) {
        case .success: exit(withError: error)
        case .validationFailure: fail(fullMessage(for: error), LoadExit.usage)
        default: fail("pulsegate-load: \(error)", LoadExit.couldNot)
        }
    }

    private static func fail(_ text: String, _ code: Int32) -> Never {
        let bytes = Array("\(text)\n".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
        Glibc.exit(code)
    }
}
