import EventLoop

/// What the verification core costs, alone: no socket, no handshake. Prints one line a question, and beside it what to compare
/// it with, from the same data in the same run.
@main
enum DecisionBenchmark {
    static func main() throws {
        let options = try BenchmarkOptions(CommandLine.arguments.dropFirst())
        if let calls = options.callsToCount { return try InstructionSubject(calls: calls).run() }
        let start = MonotonicClock.nanoseconds()
        let table = ResultTable()
        let pki = try BenchmarkPKI()
        print("medians of several rounds")
        if options.wants(DecisionStory.title) { try DecisionStory(pki: pki, table: table).tell() }
        if options.wants(LookupStory.title) {
            let sizes = [10_000, 1_000_000] + (options.size == .large ? [10_000_000] : [])
            try LookupStory(pki: pki, table: table, sizes: sizes).tell()
        }
        if options.wants(LoadStory.title) { try LoadStory(pki: pki, table: table).tell() }
        if options.wants(DeltaStory.title) { try DeltaStory(pki: pki, table: table).tell() }
        if options.wants(ChainStory.title) { try ChainStory(pki: pki, table: table).tell() }
        if options.wants(SwapStory.title) { try SwapStory(pki: pki, table: table).tell() }
        if options.wants(LiveSessionStory.title) { try LiveSessionStory(table: table).tell() }
        let seconds = Double(MonotonicClock.nanoseconds() - start) / 1e9
        print("\ntook \(ResultTable.rounded(seconds, 1)) s")
    }
}
