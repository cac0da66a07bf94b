import Configuration
import Testing

/// Spoils a configuration that has every key, one key at a time, in every way a hand slips.
struct MutationSweepTests {
    /// One key a line, as the effective configuration prints them.
    struct KeyLine: CustomTestStringConvertible, Sendable {
        var number: Int
        var column: Int
        var key: String
        var value: String
        var testDescription: String { "line \(number): \(key)" }
    }

    static let lines: [String] = {
        let reference = ReferenceFile.text.replacing("crls: []", with: "crls: [{ file: pki/root.crl }]")
        guard let effective = EffectiveConfiguration(ConfigurationTexts.read(reference)) else { return [] }
        return effective.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }()

    /// Names that the operator chose are no keys: another spelling is another name.
    static let keys: [KeyLine] = lines.enumerated().compactMap { index, line in
        let indent = line.prefix { $0 == " " || $0 == "-" }.count
        let rest = line.dropFirst(indent)
        guard !rest.hasPrefix("#"), let colon = rest.firstIndex(of: ":") else { return nil }
        let key = String(rest[..<colon])
        guard !(indent == 2 && ["device-ca", "devices", "platform"].contains(key)) else { return nil }
        let value = rest[rest.index(after: colon)...].split(separator: "#").first ?? ""
        return KeyLine(number: index + 1, column: indent + 1, key: key, value: String(value.drop { $0 == " " }))
    }

    /// What must be written, by the contract.
    static let required: Set<String> = [
        "trust_anchors", "listeners", "upstreams", "policies", "certificates", "file", "bind", "server_certificates", "chain",
        "key", "trust", "upstream", "addresses", "name", "checks", "until", "max",
    ]

    private func read(_ lines: [String]) -> ConfigurationResult { ConfigurationTexts.read(lines.joined(separator: "\n")) }

    /// The lines of the key's value below its own line.
    private func below(_ key: KeyLine) -> Range<Int> {
        let end = Self.lines[key.number...].firstIndex { line in
            line.prefix { $0 == " " || $0 == "-" }.count < key.column
                && !line.hasPrefix("\(String(repeating: " ", count: key.column - 1))- ")
        }
        return key.number..<(end ?? Self.lines.count)
    }

    @Test("the configuration to spoil has every key and no error")
    func startingPoint() {
        #expect(read(Self.lines).errors == [])
        #expect(Self.keys.count >= 60)
    }

    @Test("a misspelled key is an error at its place that names the key that was meant", arguments: keys)
    func misspelled(key: KeyLine) {
        var lines = Self.lines
        lines[key.number - 1] = lines[key.number - 1].replacing("\(key.key):", with: "\(key.key)x:", maxReplacements: 1)
        let found = read(lines).errors.first { $0.line == key.number && $0.column == key.column }
        #expect(found?.message.hasPrefix("unknown key '\(key.key)x'") == true)
        #expect(found?.message.hasSuffix("did you mean '\(key.key)'?") == true)
    }

    @Test("a value of the wrong shape is an error at its place", arguments: keys)
    func mistyped(key: KeyLine) {
        var lines = Self.lines
        let range = below(key)
        let indent = lines[key.number - 1].prefix(key.column - 1)
        let wrong = key.value.isEmpty || key.value.hasPrefix("{") ? "12x" : "{ a: b }"
        lines[key.number - 1] = "\(indent)\(key.key): \(wrong)"
        for index in range { lines[index] = "" }
        let column = key.column + key.key.count + 2
        let found = read(lines).errors.first { $0.line == key.number && $0.column == column }
        #expect(found?.message.contains(", expected ") == true)
    }

    @Test("a value that is left empty is an error at its place", arguments: keys)
    func empty(key: KeyLine) {
        var lines = Self.lines
        for index in below(key) { lines[index] = "" }
        let indent = lines[key.number - 1].prefix(key.column - 1)
        lines[key.number - 1] = "\(indent)\(key.key):"
        let found = read(lines).errors.first { $0.line == key.number }
        #expect(found?.message.contains("is empty, expected ") == true)
    }

    @Test("a key written twice is an error at the second", arguments: keys)
    func repeated(key: KeyLine) {
        var lines = Self.lines
        let range = below(key)
        let indent = String(repeating: " ", count: key.column - 1)
        lines.insert("\(indent)\(key.key): again", at: range.upperBound)
        let found = read(lines).errors.first { $0.line == range.upperBound + 1 && $0.column == key.column }
        #expect(found?.message == "duplicate key '\(key.key)', already on line \(key.number)")
    }

    @Test("a key left out is an error where it must be written, and its default elsewhere", arguments: keys)
    func removed(key: KeyLine) {
        var lines = Self.lines
        let head = lines[key.number - 1].prefix(key.column - 1)
        lines.removeSubrange((key.number - 1)..<below(key).upperBound)
        let next = key.number - 1
        let following = next < lines.count ? lines[next] : ""
        let isLevel = following.prefix { $0 == " " }.count == key.column - 1 && key.column > 1
        let hasSibling = isLevel && !following.dropFirst(key.column - 1).hasPrefix("#")
        if head.contains("-") {
            // The entry's dash moves to its next key, or stays with nothing behind it.
            if hasSibling {
                lines[next] = String(head + lines[next].dropFirst(key.column - 1))
            } else {
                lines.insert(head + "{}", at: next)
            }
        }
        let errors = read(lines).errors
        if key.column > 1, !head.contains("-"), !hasSibling, lines[next - 1].hasSuffix(":") {
            #expect(errors.map(\.line) == [next])
            #expect(errors.first?.message.hasSuffix("is empty, expected a mapping") == true)
        } else if isRequired(key) {
            let missing = errors.first { $0.message.hasPrefix("key '\(key.key)' is missing") }
            #expect(missing?.line == (key.column == 1 ? 2 : owner(key)))
        } else {
            #expect(errors == [])
        }
    }

    /// The line of the key or dash that holds `key`; nothing above it moves when `key` is taken out.
    private func owner(_ key: KeyLine) -> Int? {
        if Self.lines[key.number - 1].prefix(key.column - 1).contains("-") { return key.number }
        let above = Self.lines[..<(key.number - 1)].lastIndex { line in
            let indent = line.prefix { $0 == " " }.count
            return indent < key.column - 1 && !line.dropFirst(indent).hasPrefix("#")
        }
        return above.map { $0 + 1 }
    }

    /// A policy's `when` has an optional key of the name of a section.
    private func isRequired(_ key: KeyLine) -> Bool {
        Self.required.contains(key.key) && !(key.key == "listeners" && key.column > 1)
    }
}
