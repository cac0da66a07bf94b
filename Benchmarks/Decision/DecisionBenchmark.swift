import ArgumentParser
import EventLoop

/// What the verification core costs, alone: no socket, no handshake. Prints one line a question, and beside it what to compare
/// it with, from the same data in the same run.
@main
struct DecisionBenchmark: ParsableCommand {
    private static let titles = [
        DecisionStory.title, LookupStory.title, LoadStory.title, DeltaStory.title, ChainStory.title, SwapStory.title,
        DeviceStory.title, LiveSessionStory.title,
    ]

    static let configuration = CommandConfiguration(
        commandName: "decision-benchmark",
        abstract: "Times the verification core: decision, look-up, load, deltas, chains, swaps.",
        discussion: "Sections: \(titles.joined(separator: "; ")).\nIt takes about half a minute, and ends by itself. "
            + "An answer that is not the expected one ends it with an error."
    )

    @Flag(help: "Look up in a list of 10,000,000 entries, too, which takes a minute and 1 GiB more.")
    var large = false

    @Option(help: ArgumentHelp("Only the sections whose titles contain this text.", valueName: "text"))
    var only: String?

    @Option(help: ArgumentHelp("Make one decision so often and nothing else, for callgrind.", valueName: "calls"))
    var countInstructions: Int?

    func validate() throws {
        if let countInstructions, countInstructions < 1 { throw ValidationError("--count-instructions takes 1 or more") }
        guard Self.titles.contains(where: wants) else { throw ValidationError("no section's title contains '\(only ?? "")'") }
    }

    private func wants(_ title: String) -> Bool { only.map { title.contains($0) } ?? true }

    func run() throws {
        if let countInstructions { return try InstructionSubject(calls: countInstructions).run() }
        let start = MonotonicClock.nanoseconds()
        let table = ResultTable()
        let pki = try BenchmarkPKI()
        print("medians of several rounds")
        if wants(DecisionStory.title) { try DecisionStory(pki: pki, table: table).tell() }
        if wants(LookupStory.title) {
            let sizes = [10_000, 1_000_000] + (large ? [10_000_000] : [])
            try LookupStory(pki: pki, table: table, sizes: sizes).tell()
        }
        if wants(LoadStory.title) { try LoadStory(pki: pki, table: table).tell() }
        if wants(DeltaStory.title) { try DeltaStory(pki: pki, table: table).tell() }
        if wants(ChainStory.title) { try ChainStory(pki: pki, table: table).tell() }
        if wants(SwapStory.title) { try SwapStory(pki: pki, table: table).tell() }
        if wants(DeviceStory.title) { try DeviceStory(table: table).tell() }
        if wants(LiveSessionStory.title) { try LiveSessionStory(table: table).tell() }
        let seconds = Double(MonotonicClock.nanoseconds() - start) / 1e9
        print("\ntook \(ResultTable.rounded(seconds, 1)) s")
    }
}
