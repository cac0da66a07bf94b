import ArgumentParser
import LoadClient

struct IdleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle",
        abstract: "Idle sessions: connect, handshake, silence; one message and its echo at the end.",
        discussion: "The time counts from the moment when all connections have finished their handshakes."
    )

    @Option(help: "Connections at once.")
    var parallel = 1000

    @Option(help: "How long to be silent.")
    var seconds = 5.0

    @Option(help: "Bytes of the message that is echoed at the end.")
    var bytes = 64

    @OptionGroup var options: ConnectionOptions

    func validate() throws {
        try requireRange("--parallel", parallel, 1...CommandLimits.parallel)
        try requireRange("--seconds", seconds, CommandLimits.seconds)
        try requireRange("--bytes", bytes, 1...CommandLimits.messageBytes)
    }

    func run() throws {
        try LoadSession(options, mode: .idle(bytes: bytes, nanoseconds: UInt64(seconds * 1e9)), parallel: parallel).run()
    }
}

struct ChurnCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "churn",
        abstract: "Handshakes without end: as handshake, with new connections until the time is over.",
        discussion: "The device certificates are used in turn. Nothing is resumed unless --resume says so."
    )

    @Option(help: "Connections at once.")
    var parallel = 32

    @Option(help: "How long to open connections.")
    var seconds = 5.0

    @Option(help: "Bytes of the message that is echoed.")
    var bytes = 64

    @Flag(help: "Each device comes back with the session of its last connection, where the gateway gave one.")
    var resume = false

    @OptionGroup var options: ConnectionOptions

    func validate() throws {
        try requireRange("--parallel", parallel, 1...CommandLimits.parallel)
        try requireRange("--seconds", seconds, CommandLimits.seconds)
        try requireRange("--bytes", bytes, 1...CommandLimits.messageBytes)
    }

    func run() throws {
        try LoadSession(
            options, mode: .churn(bytes: bytes, nanoseconds: UInt64(seconds * 1e9)), parallel: parallel,
            resumption: resume ? .wherePossible : .never
        )
        .run()
    }
}
