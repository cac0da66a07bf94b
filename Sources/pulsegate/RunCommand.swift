import ArgumentParser
import Dispatch
import Foundation
import Gateway

/// `pulsegate run`: the gateway in the foreground.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the gateway in the foreground.",
        discussion: "SIGHUP reads the configuration and every file it names again; a broken one leaves the old state serving. "
            + "SIGTERM and SIGINT drain: no new devices, sessions may finish until shutdown.drain, a second one ends that."
    )

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config = "/etc/pulsegate/pulsegate.yaml"

    func run() async throws {
        let signals = Signals.stream([SIGHUP, SIGTERM, SIGINT])
        let gateway: Gateway
        do {
            gateway = try await Gateway.start(configurationFile: config)
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode(error.exitCode)
        }
        for await signal in signals {
            if signal == SIGHUP {
                gateway.requestReload()
            } else {
                await drain(gateway, signals)
                break
            }
        }
        await gateway.stop()
    }

    /// Waits for the drain; a second SIGTERM or SIGINT cuts it short. A SIGHUP is heard, too: a device may be revoked.
    private func drain(_ gateway: Gateway, _ signals: AsyncStream<Int32>) async {
        let drained = DispatchQueue(label: "drain")
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withCheckedContinuation { continuation in
                    drained.async {
                        gateway.drain()
                        continuation.resume()
                    }
                }
            }
            group.addTask {
                for await signal in signals {
                    guard signal == SIGHUP else { return }
                    gateway.requestReload()
                }
            }
            await group.next()
            gateway.endDrain()
            group.cancelAll()
        }
    }
}

extension GatewayFailure {
    /// Wrong words in a file are a no; an address or directory that cannot be had is a could-not.
    fileprivate var exitCode: Int32 {
        switch self {
        case .findings: 1
        case .unreadable, .system, .held: 3
        }
    }
}

/// Signals as an asynchronous sequence, for the life of the process.
enum Signals {
    static func stream(_ numbers: [Int32]) -> AsyncStream<Int32> {
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        for number in numbers {
            // The default action would end the process before the source sees anything.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            // The handler keeps its source alive.
            source.setEventHandler { [source] in withExtendedLifetime(source) { _ = continuation.yield(number) } }
            source.resume()
        }
        return stream
    }
}
