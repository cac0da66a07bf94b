import ArgumentParser
import LoadClient

struct StreamCommand: ParsableCommand, LoadMode {
    static let configuration = CommandConfiguration(
        commandName: "stream",
        abstract: "Bulk: each connection keeps 256 KiB under way and reads its echo.",
        discussion: "The time counts from the moment when all connections have finished their handshakes."
    )
    static let parallel = 8
    static let secondsHelp = "How long to stream."

    @OptionGroup var concurrency: ConcurrencyOptions<Self>
    @OptionGroup var duration: DurationOptions<Self>
    @OptionGroup var options: ConnectionOptions

    func run() throws {
        let mode = LoadPlan.Mode.stream(nanoseconds: duration.nanoseconds)
        try LoadSession(options, mode: mode, parallel: concurrency.parallel).run()
    }
}
