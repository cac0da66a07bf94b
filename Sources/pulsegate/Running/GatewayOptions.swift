import AdminClient
import ArgumentParser
import Configuration
import DeviceRegistry
import FileSystem

/// Which running gateway.
struct GatewayOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file of the gateway, which says where its admin socket is.", valueName: "file"))
    var config = "/etc/pulsegate/pulsegate.yaml"

    @Option(help: ArgumentHelp("The admin socket itself; no configuration is read.", valueName: "path"))
    var socket: String?

    /// The file may have errors by now: the gateway runs by what it read before.
    func adminSocket() throws -> AdminSocket {
        if let socket { return AdminSocket(path: socket) }
        guard let path = ConfigurationReader.adminSocket(file: config) else {
            throw GatewayOutput.couldNot("\(config) cannot be read; --socket names the admin socket directly")
        }
        return AdminSocket(path: path)
    }
}

/// What commands to a running gateway say, and how they end.
enum GatewayOutput {
    static func couldNot(_ cause: String) -> ExitCode {
        CommandOutput.report("pulsegate: \(cause)")
        return ExitCode(3)
    }

    /// Asks, and turns what is no answer into a line and an exit code.
    static func asking(
        _ socket: AdminSocket, _ body: (AdminSocket) throws(AdminSocket.Failure) -> [UInt8]
    ) throws -> (octets: [UInt8], node: JSONNode) {
        do throws(AdminSocket.Failure) {
            let octets = try body(socket)
            return (octets, try socket.node(octets))
        } catch {
            throw end(error, socket)
        }
    }

    /// The gateway's JSON, on one line as it came.
    static func printJSON(_ octets: [UInt8]) { print(String(decoding: octets, as: UTF8.self), terminator: "") }

    private static func end(_ failure: AdminSocket.Failure, _ socket: AdminSocket) -> ExitCode {
        switch failure {
        case .notRunning(let reason): return couldNot("no gateway answers at \(socket.path): \(reason)")
        case .broken(let reason): return couldNot(reason)
        case .refused(let refusal, let body):
            for finding in JSONNode.read(body)?["error"]?["findings"]?.elements ?? [] { CommandOutput.report(text(finding)) }
            CommandOutput.report("pulsegate: \(refusal.reason)")
            return ExitCode(refusal.isRefusal ? 1 : 3)
        }
    }

    static func text(_ finding: JSONNode) -> String {
        let place = ["file", "line", "column"].map { finding[$0]?.text ?? "" }.joined(separator: ":")
        return "\(place): \(finding["severity"]?.text ?? ""): \(finding["message"]?.text ?? "")"
    }

    /// Columns that stand under each other.
    static func table(_ rows: [[String]]) -> String {
        let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { position, text in
                position == row.count - 1 ? text : text + String(repeating: " ", count: widths[position] - text.count)
            }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
