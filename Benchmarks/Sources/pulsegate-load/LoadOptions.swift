import ArgumentParser
import LoadClient

/// What a mode does when nothing else is said. The commands are their own modes, so that `--help` shows each its own defaults.
protocol LoadMode {
    /// Connections at once.
    static var parallel: Int { get }
    /// Of a message.
    static var bytes: Int { get }
    static var bytesHelp: String { get }
    static var secondsHelp: String { get }
}

extension LoadMode {
    static var bytes: Int { 64 }
    static var bytesHelp: String { "Bytes of the message that is echoed." }
    static var secondsHelp: String { "How long it goes on." }
}

/// How many connections are open at once.
struct ConcurrencyOptions<Mode: LoadMode>: ParsableArguments {
    /// The number of ports a client has towards one address.
    private static var limit: Int { 60_000 }

    @Option(help: "Connections at once.")
    var parallel = Mode.parallel

    func validate() throws { try requireRange("--parallel", parallel, 1...Self.limit) }
}

/// How long a message is.
struct MessageOptions<Mode: LoadMode>: ParsableArguments {
    /// A message fits in one read of an echo and in one read of the client.
    private static var limit: Int { 64 * 1024 }

    @Option(help: ArgumentHelp(stringLiteral: Mode.bytesHelp))
    var bytes = Mode.bytes

    func validate() throws { try requireRange("--bytes", bytes, 1...Self.limit) }
}

/// For modes that end by the clock.
struct DurationOptions<Mode: LoadMode>: ParsableArguments {
    @Option(help: ArgumentHelp(stringLiteral: Mode.secondsHelp))
    var seconds = 5.0

    var nanoseconds: UInt64 { UInt64(seconds * 1e9) }

    func validate() throws { try requireRange("--seconds", seconds, 0.1...86400) }
}

/// For modes in which a device connects more than once.
struct ResumptionOptions: ParsableArguments {
    @Flag(help: "Each device comes back with the session of its last connection, where the gateway gave one.")
    var resume = false

    var resumption: LoadPlan.Resumption { resume ? .wherePossible : .never }
}

func requireRange<Value: Comparable>(_ name: String, _ value: Value, _ range: ClosedRange<Value>) throws {
    guard range.contains(value) else {
        throw ValidationError("\(name) is \(value); it goes from \(range.lowerBound) to \(range.upperBound)")
    }
}
