import EventLoop
import GatewayTesting

/// A configuration of a gateway on a fixed free port, with its lab PKI, on disk.
struct GatewayFiles: Sendable {
    let directory = TemporaryDirectory()
    let pki: DevicePKI
    let port = EphemeralPort.reserve()
    let metricsPort = EphemeralPort.reserve()
    let upstream: ScriptedUpstream

    var file: String { directory.file("gateway.yaml") }

    init(_ edit: (String) -> String = { $0 }) async throws {
        pki = try DevicePKI()
        try pki.write(to: directory)
        upstream = try ScriptedUpstream.echo()
        let text = GatewayFixture.configuration(upstream: upstream.address)
            .replacing("bind: [\"127.0.0.1:0\"]", with: "bind: [\"127.0.0.1:\(port)\"]")
            // The default would be more than some machines allow, which is a warning.
            .replacing("    protocol: tcp\n", with: "    protocol: tcp\n    limits: { connections: 100 }\n")
            .replacing("metrics: { bind: \"127.0.0.1:0\" }", with: "metrics: { bind: \"127.0.0.1:\(metricsPort)\" }")
        directory.write(edit(text), to: "gateway.yaml")
    }

    /// Starts `pulsegate run`, and returns once it listens or has ended.
    func run(environment: [String] = []) async throws -> ChildProcess {
        let process = try ProgramUnderTest.start(["run", "--config", file], environment: environment)
        try await eventually(within: 15) { process.error.contains("snapshot published") || !process.isRunning }
        return process
    }

    var address: SocketAddress {
        guard let address = SocketAddress(ip: "127.0.0.1", port: port) else { preconditionFailure("loopback") }
        return address
    }
}
