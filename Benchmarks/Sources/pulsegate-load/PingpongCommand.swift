import ArgumentParser
import LoadClient

struct PingpongCommand: ParsableCommand, LoadMode {
    static let configuration = CommandConfiguration(
        commandName: "pingpong",
        abstract: "Small messages: each connection sends one, waits for its echo, sends the next.",
        discussion: "The time counts from the moment when all connections have finished their handshakes."
    )
    static let parallel = 64
    static let bytes = 256
    static let bytesHelp = "Bytes of a message."
    static let secondsHelp = "How long to exchange messages."

    @OptionGroup var concurrency: ConcurrencyOptions<Self>
    @OptionGroup var duration: DurationOptions<Self>
    @OptionGroup var message: MessageOptions<Self>
    @OptionGroup var options: ConnectionOptions

    func run() throws {
        let mode = LoadPlan.Mode.pingpong(bytes: message.bytes, nanoseconds: duration.nanoseconds)
        try LoadSession(options, mode: mode, parallel: concurrency.parallel).run()
    }
}
