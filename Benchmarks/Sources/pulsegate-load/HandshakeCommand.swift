import ArgumentParser
import LoadClient

struct HandshakeCommand: ParsableCommand, LoadMode {
    static let configuration = CommandConfiguration(
        commandName: "handshake",
        abstract: "Handshakes: connect, handshake, one message, its echo, close_notify, close.",
        discussion: "The device certificates are used in turn. Nothing is resumed unless --resume says so."
    )
    static let parallel = 32

    @Option(help: "Connections in all.")
    var connections = 1000

    @OptionGroup var concurrency: ConcurrencyOptions<Self>
    @OptionGroup var message: MessageOptions<Self>
    @OptionGroup var returning: ResumptionOptions
    @OptionGroup var options: ConnectionOptions

    func validate() throws { try requireRange("--connections", connections, 1...100_000_000) }

    func run() throws {
        let mode = LoadPlan.Mode.handshake(connections: connections, bytes: message.bytes)
        try LoadSession(options, mode: mode, parallel: concurrency.parallel, resumption: returning.resumption).run()
    }
}
