/// A moment, in whole seconds since 1970-01-01T00:00:00Z. Negative before it.
///
/// X.509 times have a resolution of one second (RFC 5280 §4.1.2.5), so nothing finer is carried.
package struct UnixSeconds: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
    package init(_ rawValue: Int64) { self.rawValue = rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Saturates instead of trapping: notAfter 99991231235959Z plus a grace must not stop the process.
    package static func + (moment: Self, seconds: Int64) -> Self {
        let (sum, overflow) = moment.rawValue.addingReportingOverflow(seconds)
        return Self(overflow ? (seconds > 0 ? .max : .min) : sum)
    }

    package static func - (left: Self, right: Self) -> Int64 {
        let (difference, overflow) = left.rawValue.subtractingReportingOverflow(right.rawValue)
        return overflow ? (left > right ? .max : .min) : difference
    }
}
