/// The table that is printed as it is measured: a question, its figure, what to compare it with.
struct ResultTable {
    private static let questionColumns = 64
    private static let figureColumns = 12

    func begin(_ title: String) { print("\n\(title)") }

    func row(_ question: String, _ figure: String, _ note: String = "") {
        let question = "  " + question
        let gap = String(repeating: " ", count: max(1, Self.questionColumns - question.count))
        let indent = String(repeating: " ", count: max(0, Self.figureColumns - figure.count))
        print(question + gap + indent + figure + (note.isEmpty ? "" : "   " + note))
    }

    func row(_ question: String, _ time: CallTime, _ note: String = "") {
        row(question, Self.text(nanoseconds: time.nanoseconds), note)
    }

    static func text(nanoseconds: Double) -> String {
        switch nanoseconds {
        case ..<10_000: "\(rounded(nanoseconds, 0)) ns"
        case ..<1_000_000: "\(rounded(nanoseconds / 1e3, 1)) µs"
        default: "\(rounded(nanoseconds / 1e6, 1)) ms"
        }
    }

    /// Without Foundation's formats.
    static func rounded(_ value: Double, _ digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let units = Int((value * Double(scale)).rounded())
        guard digits > 0 else { return "\(units)" }
        let fraction = "\(abs(units) % scale)"
        return "\(units < 0 ? "-" : "")\(abs(units) / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    static func allocations(_ time: CallTime) -> String {
        let count = rounded(time.allocations, time.allocations == time.allocations.rounded() ? 0 : 2)
        return count == "1" ? "1 allocation" : "\(count) allocations"
    }
}
