import ArgumentParser
import LoadClient

struct ChurnCommand: ParsableCommand, LoadMode {
    static let configuration = CommandConfiguration(
        commandName: "churn",
        abstract: "Handshakes without end: as handshake, with new connections until the time is over.",
        discussion: "The device certificates are used in turn. Nothing is resumed unless --resume says so."
    )
    static let parallel = 32
    static let secondsHelp = "How long to open connections."

    @OptionGroup var concurrency: ConcurrencyOptions<Self>
    @OptionGroup var duration: DurationOptions<Self>
    @OptionGroup var message: MessageOptions<Self>
    @OptionGroup var returning: ResumptionOptions
    @OptionGroup var options: ConnectionOptions

    func run() throws {
        let mode = LoadPlan.Mode.churn(bytes: message.bytes, nanoseconds: duration.nanoseconds)
        try LoadSession(options, mode: mode, parallel: concurrency.parallel, resumption: returning.resumption).run()
    }
}
