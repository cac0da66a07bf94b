/// How long things took: counts per range, written by one loop, read by anyone.
package final class LatencyHistogram: Sendable {
    /// Upper bounds, inclusive, in nanoseconds: 10 µs (a decision) to 60 s (the longest timeout) in steps of 2 to 2.5.
    package static let bounds: [UInt64] = [
        10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000,
        1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000, 30_000_000_000, 60_000_000_000,
    ]

    /// One word per bound, one for what is above all bounds, one for the sum.
    private let words = AtomicWords(count: bounds.count + 2)
    private static var sumIndex: Int { bounds.count + 1 }

    package init() {}

    /// On the histogram's loop only.
    package func record(nanoseconds: UInt64) {
        let index = Self.bounds.firstIndex { nanoseconds <= $0 } ?? Self.bounds.count
        words.add(1, to: index)
        words.add(nanoseconds, to: Self.sumIndex)
    }

    package func snapshot() -> LatencyDistribution {
        LatencyDistribution(
            counts: (0...Self.bounds.count).map { words.load($0) },
            sumNanoseconds: words.load(Self.sumIndex)
        )
    }
}

/// What a histogram held at one moment; those of several loops add up.
package struct LatencyDistribution: Equatable, Sendable {
    /// Not cumulative: one count per bound, then that of everything above.
    private var counts: [UInt64]
    package private(set) var sumNanoseconds: UInt64

    init(counts: [UInt64], sumNanoseconds: UInt64) {
        self.counts = counts
        self.sumNanoseconds = sumNanoseconds
    }

    package static let empty = LatencyDistribution(
        counts: Array(repeating: 0, count: LatencyHistogram.bounds.count + 1), sumNanoseconds: 0)

    package static func + (left: Self, right: Self) -> Self {
        LatencyDistribution(
            counts: zip(left.counts, right.counts).map { $0 &+ $1 },
            sumNanoseconds: left.sumNanoseconds &+ right.sumNanoseconds
        )
    }

    package static func total(_ histograms: some Sequence<LatencyHistogram>) -> Self {
        histograms.reduce(.empty) { $0 + $1.snapshot() }
    }

    /// The number of observations. Counted from the ranges, so that it equals the `+Inf` bucket even while they grow.
    package var count: UInt64 { counts.reduce(0, &+) }

    /// For each bound of `LatencyHistogram.bounds` the observations up to it.
    package var cumulativeCounts: [UInt64] {
        var running: UInt64 = 0
        return counts.dropLast().map { count in
            running &+= count
            return running
        }
    }
}
