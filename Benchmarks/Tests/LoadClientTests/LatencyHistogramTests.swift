import LoadClient
import Testing

@Suite("The histogram keeps every value to better than 1 %")
struct LatencyHistogramTests {
    @Test(
        "one value is returned as itself, at most 1 % above",
        arguments: [0, 1, 127, 128, 129, 255, 256, 1000, 123_456_789, 40_000_000_000, UInt64.max / 3] as [UInt64]
    )
    func oneValue(value: UInt64) {
        var histogram = LatencyHistogram()
        histogram.record(value)
        histogram.record(UInt64.max)
        let median = histogram.percentile(0.5)
        #expect(median >= value)
        #expect(Double(median) <= Double(value) * 1.01)
    }

    @Test(
        "percentiles of a thousand values are the values at their ranks",
        arguments: [(0.5, 500), (0.9, 900), (0.99, 990), (1, 1000)])
    func percentiles(fraction: Double, rank: Int) {
        var histogram = LatencyHistogram()
        for value in (1...1000).shuffled() { histogram.record(UInt64(value) * 1000) }
        let expected = Double(rank) * 1000
        #expect((expected...(expected * 1.01)).contains(Double(histogram.percentile(fraction))))
        #expect(histogram.maximum == 1_000_000)
        #expect(histogram.count == 1000)
    }

    @Test("an empty histogram has no percentile but zero")
    func empty() {
        #expect(LatencyHistogram().percentile(0.99) == 0)
    }
}
