import ArgumentParser
import DeviceRegistry

/// `pulsegate status`
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how the running gateway is; exit code 1 when it takes no new devices.")

    @OptionGroup var gateway: GatewayOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let answer = try GatewayOutput.asking(try gateway.adminSocket()) { socket throws(AdminSocketFailure) in
            try socket.get("/v1/status")
        }
        if json { GatewayOutput.printJSON(answer.octets) } else { print(Self.text(answer.node)) }
        if answer.node["ready"]?.text != "true" { throw ExitCode(1) }
    }

    private static func text(_ node: JSONNode) -> String {
        func text(_ node: JSONNode, _ name: String) -> String { node[name]?.text ?? "" }
        let cause = text(node, "cause")
        var rows = [
            ["version", text(node, "version")], ["generation", text(node, "generation")],
            ["phase", text(node, "phase") + (cause.isEmpty ? ", ready" : ", not ready: \(cause)")],
            ["configuration", text(node, "configuration")],
            ["reloaded", "\(text(node, "reloaded")), the last reload was \(text(node, "last_reload"))"],
        ]
        for listener in node["listeners"]?.elements ?? [] {
            let addresses = (listener["addresses"]?.elements ?? []).compactMap(\.text).joined(separator: " ")
            let sessions = "\(text(listener, "sessions")) sessions of \(text(listener, "connections_max"))"
            rows.append(["listener", "\(text(listener, "name")) \(addresses), \(sessions)"])
        }
        for list in node["lists"]?.elements ?? [] {
            let currency = text(list, "is_current") == "true" ? "until" : "STALE since"
            rows.append([
                "list",
                "\(text(list, "issuer")) (\(text(list, "source"))), \(text(list, "entries")) entries, "
                    + "\(text(list, "age_seconds")) s old, \(currency) \(text(list, "next_update"))",
            ])
        }
        if case .object(let states)? = node["devices"], !states.isEmpty {
            rows.append(["devices", states.map { "\($0.value.text ?? "") \($0.name)" }.joined(separator: ", ")])
        }
        return GatewayOutput.table(rows.map { $0.map(OutputBuffer.singleLine) })
    }
}
