import PKITypes

/// Writes values as YAML that reads back as the same text under any YAML reader.
enum YAMLText {
    static func scalar(_ text: String) -> String {
        isPlain(text) ? text : "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    static func flowList(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }

    /// A letter or slash, then letters, digits and a few marks that mean nothing in YAML. Words that older readers turn
    /// into booleans or null are quoted.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "/") else { return false }
        guard !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased()) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "/._-".utf8.contains($0) }
    }

    private static func isLetter(_ octet: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet | 0x20)
    }

    private static func isDigit(_ octet: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) }
}

extension SettingValue {
    /// A scalar as it is written in YAML; nil for mappings, lists and absent values.
    var scalarText: String? {
        switch self {
        case .text(let text): YAMLText.scalar(text)
        case .count(let count): String(count)
        case .percent(let percent): "\(percent)%"
        case .seconds(let seconds): UnitText.duration(seconds)
        case .moment(let moment): YAMLText.scalar(moment.text)
        case .bytes(let bytes): UnitText.size(bytes)
        case .bind(let address): YAMLText.scalar(address.text)
        case .upstreamAddress(let address): YAMLText.scalar(address.text)
        case .network(let network): YAMLText.scalar(network.text)
        case .absent, .list, .mapping: nil
        }
    }
}
