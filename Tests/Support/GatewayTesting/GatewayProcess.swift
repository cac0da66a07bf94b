import EventLoop
import Foundation

/// `pulsegate run` as a process of its own: for what only a whole process shows, such as signals, exit codes and descriptors.
package final class GatewayProcess: Sendable {
    package enum Failure: Error, Sendable { case notListening(String) }

    package let site: GatewaySite
    package let child: ChildProcess

    /// The program that was built with these tests lies beside them.
    package static var program: String {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("pulsegate").path
    }

    /// - Parameter descriptors: how many the process may hold; nil is as many as this one.
    package init(_ site: GatewaySite, descriptors: Int? = nil) throws {
        self.site = site
        let limit = descriptors.map { "ulimit -n \($0); " } ?? ""
        child = try ChildProcess(
            "/bin/sh", ["-c", limit + "exec \"$0\" run --config \"$1\"", Self.program, site.configurationFile]
        )
    }

    /// The listener's address, once the gateway serves.
    package func address(of listener: String = "devices") async throws -> SocketAddress {
        let lines = await logLines("listening", atLeast: 1)
        let line = lines.first { $0["listener"] == listener }
        let parts = line?["addresses"]?.split(separator: ":") ?? []
        guard parts.count == 2, let port = UInt16(parts[1]), let address = SocketAddress(ip: String(parts[0]), port: port) else {
            throw Failure.notListening(child.error)
        }
        return address
    }

    /// The log so far, as fields.
    package var log: [[String: String]] {
        child.error.split(separator: "\n").compactMap { line in
            try? JSONDecoder().decode([String: String].self, from: Data(line.utf8))
        }
    }

    package func logLines(_ message: String) -> [[String: String]] { log.filter { $0["message"] == message } }

    /// The lines of a message, once there are so many or the time is up.
    package func logLines(_ message: String, atLeast count: Int, within seconds: Double = 10) async -> [[String: String]] {
        try? await eventually(within: seconds) { logLines(message).count >= count || !child.isRunning }
        return logLines(message)
    }

    /// Open descriptors of the process.
    package var descriptorCount: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(child.processID)/fd").count) ?? 0
    }
}
