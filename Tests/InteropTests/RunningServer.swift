import EventLoop
import GatewayTesting

/// A server program behind the gateway, started by the test and killed when the test lets go of it.
struct RunningServer: Sendable {
    let process: ChildProcess
    let address: SocketAddress
    /// Its configuration and all it writes.
    let directory: TemporaryDirectory

    /// A port that was free when it was reserved may be taken before the program binds it.
    private static let attempts = 5
    private static let startSeconds = 10.0

    /// Starts a program that cannot be told "any port", and waits until it takes connections.
    static func onPort(
        _ program: DebianProgram, arguments: (UInt16, TemporaryDirectory) -> [String]
    ) async throws -> RunningServer {
        var said = ""
        for _ in 0..<attempts {
            let directory = TemporaryDirectory()
            let port = EphemeralPort.reserve()
            let process = try program.start(arguments(port, directory))
            guard let address = SocketAddress(ip: "127.0.0.1", port: port) else { preconditionFailure("loopback") }
            if try await takesConnections(process, address) {
                return RunningServer(process: process, address: address, directory: directory)
            }
            said = process.output + process.error
        }
        throw DebianProgram.Failure.notServing(program, said: said)
    }

    /// Starts a program that listens on the socket file `socket` of its directory.
    static func onSocketFile(
        _ program: DebianProgram, arguments: (TemporaryDirectory) -> [String]
    ) async throws -> RunningServer {
        let directory = TemporaryDirectory()
        let process = try program.start(arguments(directory))
        guard let address = SocketAddress(unixPath: directory.file("socket")), try await takesConnections(process, address) else {
            throw DebianProgram.Failure.notServing(program, said: process.output + process.error)
        }
        return RunningServer(process: process, address: address, directory: directory)
    }

    private static func takesConnections(_ process: ChildProcess, _ address: SocketAddress) async throws -> Bool {
        try await eventually(within: startSeconds) { !process.isRunning || PlainConnection.isPossible(to: address) }
        return process.isRunning
    }
}
