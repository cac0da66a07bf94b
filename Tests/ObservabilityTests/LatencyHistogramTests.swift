import Observability
import Testing

@Suite("A histogram's ranges are cumulative and complete")
struct LatencyHistogramTests {
    @Test(
        "a bound belongs to its own range",
        arguments: [
            (0, 0), (10_000, 0), (10_001, 1), (25_000, 1), (1_000_000, 6), (60_000_000_000, 20), (60_000_000_001, 21),
        ] as [(UInt64, Int)])
    func ranges(nanoseconds: UInt64, range: Int) {
        let histogram = LatencyHistogram()
        histogram.record(nanoseconds: nanoseconds)
        let distribution = histogram.snapshot()
        let expected = LatencyHistogram.bounds.indices.map { UInt64($0 >= range ? 1 : 0) }
        #expect(distribution.cumulativeCounts == expected)
        #expect(distribution.count == 1)
        #expect(distribution.sumNanoseconds == nanoseconds)
    }

    @Test("bounds rise from 10 µs to 60 s")
    func bounds() {
        #expect(LatencyHistogram.bounds.first == 10_000)
        #expect(LatencyHistogram.bounds.last == 60_000_000_000)
        #expect(zip(LatencyHistogram.bounds, LatencyHistogram.bounds.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("several loops add up; each cumulative count is the sum of those below")
    func total() {
        let histograms = (0..<2).map { _ in LatencyHistogram() }
        for (index, nanoseconds) in [5_000, 5_000, 20_000, 2_000_000, 90_000_000_000].enumerated() {
            histograms[index % 2].record(nanoseconds: UInt64(nanoseconds))
        }
        let total = LatencyDistribution.total(histograms)
        #expect(total.cumulativeCounts.prefix(2) == [2, 3])
        #expect(total.cumulativeCounts.last == 4)
        #expect(total.count == 5)
        #expect(total.sumNanoseconds == 90_002_030_000)
        #expect(LatencyDistribution.total([LatencyHistogram]()) == .empty)
    }
}
