import ArgumentParser
import LoadClient

struct HandshakeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handshake",
        abstract: "Handshakes: connect, handshake, one message, its echo, close_notify, close.",
        discussion: "The device certificates are used in turn. Nothing is resumed unless --resume says so."
    )

    @Option(help: "Connections in all.")
    var connections = 1000

    @Option(help: "Connections at once.")
    var parallel = 32

    @Option(help: "Bytes of the message that is echoed.")
    var bytes = 64

    @Flag(help: "Each device comes back with the session of its last connection, where the gateway gave one.")
    var resume = false

    @OptionGroup var options: ConnectionOptions

    func validate() throws {
        try requireRange("--connections", connections, 1...100_000_000)
        try requireRange("--parallel", parallel, 1...CommandLimits.parallel)
        try requireRange("--bytes", bytes, 1...CommandLimits.messageBytes)
    }

    func run() throws {
        try LoadSession(
            options, mode: .handshake(connections: connections, bytes: bytes), parallel: parallel,
            resumption: resume ? .wherePossible : .never
        )
        .run()
    }
}

struct PingpongCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pingpong",
        abstract: "Small messages: each connection sends one, waits for its echo, sends the next.",
        discussion: "The time counts from the moment when all connections have finished their handshakes."
    )

    @Option(help: "Connections at once.")
    var parallel = 64

    @Option(help: "How long to exchange messages.")
    var seconds = 5.0

    @Option(help: "Bytes of a message.")
    var bytes = 256

    @OptionGroup var options: ConnectionOptions

    func validate() throws {
        try requireRange("--parallel", parallel, 1...CommandLimits.parallel)
        try requireRange("--seconds", seconds, CommandLimits.seconds)
        try requireRange("--bytes", bytes, 1...CommandLimits.messageBytes)
    }

    func run() throws {
        let mode = LoadPlan.Mode.pingpong(bytes: bytes, nanoseconds: UInt64(seconds * 1e9))
        try LoadSession(options, mode: mode, parallel: parallel).run()
    }
}

struct StreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream",
        abstract: "Bulk: each connection keeps 256 KiB under way and reads its echo.",
        discussion: "The time counts from the moment when all connections have finished their handshakes."
    )

    @Option(help: "Connections at once.")
    var parallel = 8

    @Option(help: "How long to stream.")
    var seconds = 5.0

    @OptionGroup var options: ConnectionOptions

    func validate() throws {
        try requireRange("--parallel", parallel, 1...CommandLimits.parallel)
        try requireRange("--seconds", seconds, CommandLimits.seconds)
    }

    func run() throws {
        try LoadSession(options, mode: .stream(nanoseconds: UInt64(seconds * 1e9)), parallel: parallel).run()
    }
}

/// Bounds of what a command line may ask for.
enum CommandLimits {
    /// The number of ports a client has towards one address.
    static let parallel = 60_000
    /// A message fits in one read of an echo and in one read of the client.
    static let messageBytes = 64 * 1024
    static let seconds = 0.1...86400
}

func requireRange<Value: Comparable>(_ name: String, _ value: Value, _ range: ClosedRange<Value>) throws {
    guard range.contains(value) else {
        throw ValidationError("\(name) is \(value); it goes from \(range.lowerBound) to \(range.upperBound)")
    }
}
