/// How findings show what was found and list what was expected.
enum FindingText {
    static func quoted(_ text: String) -> String {
        let shown = text.prefix(ConfigurationLimits.mostQuotedCharacters)
        let printable = shown.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : String($0) }.joined()
        return "'\(printable)\(shown.count < text.count ? "…" : "")'"
    }

    static func listed(_ words: [String], _ conjunction: String = "or") -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
    }
}
