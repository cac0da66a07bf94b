/// Durations and sizes as they are written in the configuration: `30s 5m 24h 90d`, `64KiB`.
package enum UnitText {
    private static let durationUnits: [(suffix: String, seconds: Int64)] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]
    private static let sizeUnits: [(suffix: String, bytes: Int64)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]

    package static func seconds(_ text: String) -> Int64? { quantity(text, durationUnits.map { ($0.suffix, $0.seconds) }) }
    static func bytes(_ text: String) -> Int64? { quantity(text, sizeUnits.map { ($0.suffix, $0.bytes) }) }
    static func duration(_ seconds: Int64) -> String { rendered(seconds, durationUnits.map { ($0.suffix, $0.seconds) }) }
    static func size(_ bytes: Int64) -> String { rendered(bytes, sizeUnits.map { ($0.suffix, $0.bytes) }) }

    /// Decimal digits alone: no sign, no leading zero, so that a value has one spelling.
    static func number(_ text: some StringProtocol) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        guard text == "0" || !text.hasPrefix("0") else { return nil }
        return Int64(text)
    }

    private static func quantity(_ text: String, _ units: [(suffix: String, factor: Int64)]) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = number(digits) else { return nil }
        guard let unit = units.first(where: { $0.suffix == text.dropFirst(digits.count) }) else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit.factor)
        return overflow ? nil : product
    }

    private static func rendered(_ amount: Int64, _ units: [(suffix: String, factor: Int64)]) -> String {
        for unit in units where amount != 0 && amount % unit.factor == 0 { return "\(amount / unit.factor)\(unit.suffix)" }
        return "0\(units[units.count - 1].suffix)"
    }
}
