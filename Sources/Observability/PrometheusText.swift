/// A page of metrics in the Prometheus text exposition format, version 0.0.4.
package struct PrometheusText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var text = ""
    private var families: Set<String> = []

    package init() {}

    package mutating func counter(_ name: String, help: String, _ samples: [MetricSample<UInt64>]) {
        begin(name, type: "counter", help: help)
        for sample in samples { line(name, sample.labels, String(sample.value)) }
    }

    package mutating func gauge(_ name: String, help: String, _ samples: [MetricSample<Double>]) {
        begin(name, type: "gauge", help: help)
        for sample in samples { line(name, sample.labels, Self.number(sample.value)) }
    }

    /// In seconds, as base units ask for.
    package mutating func histogram(_ name: String, help: String, _ samples: [MetricSample<LatencyDistribution>]) {
        begin(name, type: "histogram", help: help)
        for sample in samples {
            for (bound, count) in zip(LatencyHistogram.bounds, sample.value.cumulativeCounts) {
                line(name + "_bucket", sample.labels + [MetricLabel("le", Self.seconds(bound))], String(count))
            }
            line(name + "_bucket", sample.labels + [MetricLabel("le", "+Inf")], String(sample.value.count))
            line(name + "_sum", sample.labels, Self.seconds(sample.value.sumNanoseconds))
            line(name + "_count", sample.labels, String(sample.value.count))
        }
    }

    private mutating func begin(_ name: String, type: String, help: String) {
        precondition(Self.isName(name, mayHoldColon: true), "no metric name: \(name)")
        precondition(families.insert(name).inserted, "metric \(name) appears twice on a page")
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(type)\n"
    }

    private mutating func line(_ name: String, _ labels: [MetricLabel], _ value: String) {
        text += name
        if !labels.isEmpty {
            text += "{"
            for (index, label) in labels.enumerated() {
                precondition(Self.isName(label.name, mayHoldColon: false), "no label name: \(label.name)")
                if index > 0 { text += "," }
                text += "\(label.name)=\"\(Self.escaped(label.value, quotes: true))\""
            }
            text += "}"
        }
        text += " \(value)\n"
    }

    private static func isName(_ name: String, mayHoldColon: Bool) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return name.utf8.allSatisfy { character in
            switch character {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            case UInt8(ascii: ":"): mayHoldColon
            default: false
            }
        }
    }

    /// By scalar: `\r\n` is one character to Swift, and its line feed would end the line.
    private static func escaped(_ value: String, quotes: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\"" where quotes: result.append(contentsOf: "\\\"".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { String($0) } ?? "\(value)"
    }

    /// Exact, without trailing zeros: `0.00025`, `60`.
    private static func seconds(_ nanoseconds: UInt64) -> String {
        let (whole, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        guard fraction > 0 else { return String(whole) }
        var digits = Array(String(fraction).utf8)
        digits.insert(contentsOf: repeatElement(UInt8(ascii: "0"), count: 9 - digits.count), at: 0)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return "\(whole).\(String(decoding: digits, as: UTF8.self))"
    }
}
