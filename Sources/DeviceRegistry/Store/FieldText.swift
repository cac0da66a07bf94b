/// Several texts in one: `a;b` and `name=value;name=value`, with a backslash before what is meant as it stands. The spelling of
/// lists in a store's columns and in the cells of a CSV file.
enum FieldText {
    static func list(_ texts: [String]) -> String {
        texts.map { escaped($0, [separator, escape]) }.joined(separator: ";")
    }

    static func pairs(_ pairs: [(String, String)]) -> String {
        let items = pairs.map { "\(escaped($0, [separator, escape, equals]))=\(escaped($1, [separator, escape]))" }
        return items.joined(separator: ";")
    }

    /// Empty text is the empty list; white space around an item is not part of it.
    static func list(in text: String) -> [String] {
        text.isEmpty ? [] : items(text).map { trimmed(unescaped($0)) }.filter { !$0.isEmpty }
    }

    /// Nil when an item has no equals sign, or no name.
    static func pairs(in text: String) -> [(String, String)]? {
        var pairs: [(String, String)] = []
        for item in text.isEmpty ? [] : items(text) {
            var isEscaped = false
            let position = item.firstIndex { octet in
                defer { isEscaped = !isEscaped && octet == escape }
                return octet == equals && !isEscaped
            }
            guard let position else { return nil }
            let name = trimmed(unescaped(item[..<position]))
            guard !name.isEmpty else { return nil }
            pairs.append((name, trimmed(unescaped(item[(position + 1)...]))))
        }
        return pairs
    }

    private static let separator = UInt8(ascii: ";")
    private static let equals = UInt8(ascii: "=")
    private static let escape = UInt8(ascii: "\\")

    private static func items(_ text: String) -> [ArraySlice<UInt8>] {
        var isEscaped = false
        return Array(text.utf8).split(omittingEmptySubsequences: false) { octet in
            defer { isEscaped = !isEscaped && octet == escape }
            return octet == separator && !isEscaped
        }
    }

    private static func escaped(_ text: String, _ special: [UInt8]) -> String {
        guard text.utf8.contains(where: { special.contains($0) }) else { return text }
        return String(decoding: text.utf8.flatMap { special.contains($0) ? [escape, $0] : [$0] }, as: UTF8.self)
    }

    private static func unescaped(_ octets: ArraySlice<UInt8>) -> String {
        guard octets.contains(escape) else { return String(decoding: octets, as: UTF8.self) }
        var kept: [UInt8] = []
        var isEscaped = false
        for octet in octets {
            if !isEscaped, octet == escape {
                isEscaped = true
            } else {
                kept.append(octet)
                isEscaped = false
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }

    private static func trimmed(_ text: String) -> String {
        guard text.first?.isWhitespace == true || text.last?.isWhitespace == true else { return text }
        let start = text.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
