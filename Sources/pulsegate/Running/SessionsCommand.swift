import ArgumentParser
import DeviceRegistry

/// `pulsegate sessions`
struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "Live sessions of the running gateway.",
        subcommands: [ListSessions.self, CloseSessions.self])
}

/// `pulsegate sessions list`
struct ListSessions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List live sessions: id, identity, listener, source, since, policy, state.")

    @OptionGroup var gateway: GatewayOptions

    @Option(help: ArgumentHelp("Only those of this device.", valueName: "identity"))
    var identity: String?

    @Option(help: ArgumentHelp("Only those of this listener.", valueName: "name"))
    var listener: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard identity == nil || listener == nil else { throw ValidationError("say either --identity or --listener") }
    }

    func run() throws {
        let query = [("identity", identity), ("listener", listener)].compactMap { name, value in value.map { (name, $0) } }
        let answer = try GatewayOutput.asking(try gateway.adminSocket()) { socket throws(AdminSocketFailure) in
            try socket.get("/v1/sessions", query)
        }
        if json { return GatewayOutput.printJSON(answer.octets) }
        let names = ["id", "identity", "listener", "source", "since", "policy", "state"]
        let output = OutputBuffer()
        for session in answer.node["sessions"]?.elements ?? [] {
            output.line(names.map { OutputBuffer.singleLine(session[$0]?.text ?? "") }.joined(separator: "\t"))
        }
        try output.finish()
    }
}

/// `pulsegate sessions close`
struct CloseSessions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "End live sessions; the device may connect again.",
        discussion: "Who is to stay away is quarantined, disabled or retired: pulsegate devices.")

    @OptionGroup var gateway: GatewayOptions

    @Argument(help: ArgumentHelp("Identities, or ids as 'list' and the log's decision= have them.", valueName: "id|identity"))
    var names: [String]

    @Flag(help: "Print one JSON object for each.")
    var json = false

    func run() throws {
        let socket = try gateway.adminSocket()
        var isRefused = false
        for name in names {
            // An identity has a colon, and a decision's id none.
            let body = JSONNode.texts([(name.contains(":") ? "identity" : "id", name)]).json
            do {
                let answer = try GatewayOutput.asking(socket) { socket throws(AdminSocketFailure) in
                    try socket.post("/v1/sessions/close", [], .octets(Array(body.utf8)))
                }
                if json {
                    GatewayOutput.printJSON(answer.octets)
                } else {
                    print("\(name): \(answer.node["sessions"]?.elements?.count ?? 0) closed")
                }
            } catch let code as ExitCode where code == ExitCode(1) {
                isRefused = true
            }
        }
        if isRefused { throw ExitCode(1) }
    }
}
