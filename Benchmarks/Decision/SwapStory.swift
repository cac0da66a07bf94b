import EventLoop
import Glibc
import RevocationRefresh
import VerificationCore

/// Decisions on one thread while another puts new lists in force.
struct SwapStory {
    static let title = "decisions while a fresh list of 100,000 entries comes every 100 ms"
    private static let entries = 100_000
    private static let nanoseconds: UInt64 = 2_000_000_000
    private static let intervalNanoseconds: UInt64 = 100_000_000

    let pki: BenchmarkPKI
    let table: ResultTable

    private struct Run {
        var decisions = 0
        var swaps = 0
        var worstPause: UInt64 = 0
    }

    func tell() throws {
        table.begin(Self.title)
        let path = try pki.writeList("swap", ofMany: Self.entries)
        let paths = try pki.paths(pki.devices(.random))
        let first = try pki.snapshot([pki.load(path)], policies: 1)
        show("without", try decide(paths, first, SnapshotHandover()))

        let handover = SnapshotHandover()
        let publisher = publish(path, to: handover)
        defer { publisher.join() }
        defer { handover.end() }
        let run = try decide(paths, first, handover)
        show("with", run)
        // A list that failed to load would have stopped the publisher.
        guard run.swaps > 0 else { throw Disagreement(question: "swapped lists") }
    }

    private func show(_ name: String, _ run: Run) {
        let rate = Double(run.decisions) / (Double(Self.nanoseconds) / 1e9) / 1e3
        let pause = ResultTable.text(nanoseconds: Double(run.worstPause))
        table.row(
            "\(name) swaps: decisions a second", "\(ResultTable.rounded(rate, 0)) k", "worst pause \(pause) · \(run.swaps) swaps")
    }

    /// The clock is read after each decision, which is part of what the rate shows.
    private func decide(
        _ paths: [VerifiedPath], _ first: VerificationSnapshot, _ handover: SnapshotHandover
    ) throws -> Run {
        var (run, snapshot) = (Run(), first)
        var last = MonotonicClock.nanoseconds()
        let end = last + Self.nanoseconds
        while last < end {
            if handover.renew(&snapshot) { run.swaps += 1 }
            try pki.judge(paths[run.decisions % paths.count], snapshot, .permitted)
            run.decisions += 1
            let now = MonotonicClock.nanoseconds()
            run.worstPause = max(run.worstPause, now - last)
            last = now
        }
        return run
    }

    private func publish(_ path: String, to handover: SnapshotHandover) -> LoopThread {
        let (template, tables) = (pki.template, pki.tables)
        return LoopThread.spawn(name: "publisher") {
            var next = MonotonicClock.nanoseconds()
            while !handover.isEnded {
                next += Self.intervalNanoseconds
                let now = MonotonicClock.nanoseconds()
                if next > now { usleep(UInt32((next - now) / 1_000)) }
                guard let file = try? ListLoader.load(path, anchorEntry: template.anchor.name, storage: tables.storage),
                    let snapshot = try? template.snapshot(file.lists, policies: 1)
                else { return }
                file.lists.forEach { $0.markProven(by: .only) }
                handover.put(snapshot)
                handover.freeRetired()
            }
        }
    }
}
