/// Counts of durations in buckets whose width grows with their value: constant memory, every value kept to better than 1 %.
package struct LatencyHistogram: Sendable {
    /// 2^7 buckets per doubling: a bucket is at most 1/128 of its value wide.
    private static let precisionBits = 7
    private static let perDoubling = 1 << precisionBits

    private var counts = [UInt64](repeating: 0, count: (64 - precisionBits + 1) << precisionBits)
    package private(set) var count: UInt64 = 0
    package private(set) var maximum: UInt64 = 0

    package init() {}

    package mutating func record(_ nanoseconds: UInt64) {
        counts[Self.index(of: nanoseconds)] += 1
        count += 1
        maximum = max(maximum, nanoseconds)
    }

    /// The smallest recorded bucket's upper edge that `fraction` of the values do not exceed; 0 when nothing was recorded.
    package func percentile(_ fraction: Double) -> UInt64 {
        let wanted = max(1, UInt64((Double(count) * fraction).rounded(.up)))
        var seen: UInt64 = 0
        for (index, bucket) in counts.enumerated() where bucket > 0 {
            seen += bucket
            if seen >= wanted { return min(Self.upperEdge(of: index), maximum) }
        }
        return 0
    }

    private static func index(of value: UInt64) -> Int {
        guard value >= UInt64(perDoubling) else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - precisionBits
        return (shift << precisionBits) + Int(value >> UInt64(shift))
    }

    private static func upperEdge(of index: Int) -> UInt64 {
        guard index >= 2 * perDoubling else { return UInt64(index) }
        let shift = (index >> precisionBits) - 1
        let mantissa = UInt64(index - (shift << precisionBits))
        return ((mantissa + 1) << UInt64(shift)) &- 1
    }
}
