import ArgumentParser
import LoadClient

struct IdleCommand: ParsableCommand, LoadMode {
    static let configuration = CommandConfiguration(
        commandName: "idle",
        abstract: "Idle sessions: connect, handshake, silence; one message and its echo at the end.",
        discussion: "The time counts from the moment when all connections have finished their handshakes."
    )
    static let parallel = 1000
    static let bytesHelp = "Bytes of the message that is echoed at the end."
    static let secondsHelp = "How long to be silent."

    @OptionGroup var concurrency: ConcurrencyOptions<Self>
    @OptionGroup var duration: DurationOptions<Self>
    @OptionGroup var message: MessageOptions<Self>
    @OptionGroup var options: ConnectionOptions

    func run() throws {
        let mode = LoadPlan.Mode.idle(bytes: message.bytes, nanoseconds: duration.nanoseconds)
        try LoadSession(options, mode: mode, parallel: concurrency.parallel).run()
    }
}
