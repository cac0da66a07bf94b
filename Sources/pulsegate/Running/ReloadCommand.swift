import AdminClient
import ArgumentParser
import DeviceRegistry

typealias AdminSocketFailure = AdminSocket.Failure

/// `pulsegate reload`
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the running gateway read its configuration and files again, and wait until it did.",
        discussion: "What is wrong is said as 'check' says it, and the old state serves on: exit code 1.")

    @OptionGroup var gateway: GatewayOptions

    @Flag(help: "Make the change that change_guard holds: exactly what was weighed, and nothing that came since.")
    var confirm = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let body = confirm ? JSONNode.members([("confirm", .boolean(true))]).json : ""
        let answer = try GatewayOutput.asking(try gateway.adminSocket()) { socket throws(AdminSocketFailure) in
            try body.isEmpty ? socket.post("/v1/reload") : socket.post("/v1/reload", [], .octets(Array(body.utf8)))
        }
        if json { return GatewayOutput.printJSON(answer.octets) }
        for finding in answer.node["findings"]?.elements ?? [] { CommandOutput.report(GatewayOutput.text(finding)) }
        print("generation \(answer.node["generation"]?.text ?? "")")
    }
}

/// `pulsegate drain`
struct DrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Have the running gateway take no new devices, and wait until its sessions have ended.",
        discussion: "Sessions that last longer than shutdown.drain are closed. The process goes on until it gets SIGTERM.")

    @OptionGroup var gateway: GatewayOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let answer = try GatewayOutput.asking(try gateway.adminSocket()) { socket throws(AdminSocketFailure) in
            try socket.post("/v1/drain")
        }
        if json { GatewayOutput.printJSON(answer.octets) } else { print("drained") }
    }
}
