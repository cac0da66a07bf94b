import Testing

/// Words that do not belong into the tree.
@Suite("Words")
struct WordsTests {
    struct Rule: Sendable, CustomTestStringConvertible {
        enum Place: Sendable {
            /// Swift code of `Sources`, except in these targets.
            case sourceCode(except: Set<String> = [])
            /// Swift code anywhere.
            case anyCode
            /// All that is written, comments and manuals too.
            case anyText
        }

        let name: String
        let place: Place
        let pattern: Pattern
        let bad: [String]
        let good: [String]
        var testDescription: String { name }
    }

    static let rules = [
        Rule(
            name: "unfinished work", place: .anyText, pattern: Pattern(#"\b(?:TODO|FIXME|XXX|HACK)\b"#),
            bad: ["// TODO: later", "# FIXME"], good: ["mkdtemp(\"/tmp/a-XXXXXX\")"]
        ),
        Rule(
            name: "type names that say nothing", place: .anyCode,
            pattern: Pattern(
                #"\b(?:class|struct|enum|actor|protocol|typealias)\s+"#
                    + #"(?:\w*(?:Manager|Helpers?|Utils?|Utilities|Common|Data|Info)|(?:Common|Utils?)(?!Name)\w*)\b"#
            ),
            bad: ["final class SessionManager {", "enum Utils {", "struct PeerInfo {", "struct CommonTypes {"],
            good: ["struct CommonName {", "struct DataPlane {", "struct Database {", "// class SessionManager"]
        ),
        Rule(
            name: "traps on what may happen", place: .sourceCode(), pattern: Pattern(#"\btry!|\bas!|\bfatalError\b"#),
            bad: ["let a = try! b()", "a as! B", "fatalError()"], good: ["try? b()", "a as? B", "\"fatalError\""]
        ),
        Rule(
            name: "output outside of the commands", place: .sourceCode(except: ["pulsegate", "Demonstration"]),
            pattern: Pattern(#"(?<![.\w])(?:print|debugPrint|dump)\s*\("#),
            bad: ["print(\"here\")", "    debugPrint(a)"], good: ["sink.print(a)", "fingerprint(a)", "// print(a)"]
        ),
        Rule(
            name: "paths of somebody's machine", place: .anyText,
            pattern: Pattern(#"(?<![\w./])/(?:home|Users|root|work|opt/swift)/\w|/tmp/w-\w"#),
            bad: ["/home/me/gateway", "cd /work/main", "/opt/swift/usr/bin", "/tmp/w-mine"],
            good: ["Sources/work/a", "/var/lib/pulsegate", "/tmp/eventloop-XXXXXX"]
        ),
        Rule(
            name: "who wrote it and how", place: .anyText,
            pattern: Pattern(#"\b(?:[Aa]ssistant|LLM|[Cc]hatbot|(?:[Ss]ession|[Cc]hat) transcript)s?\b"#),
            bad: ["written by an assistant", "an LLM", "see the session transcript"],
            good: ["handshake transcript", "TLS session"]
        ),
    ]

    static func findings(_ rule: Rule, _ file: SourceFile) -> [String] {
        switch rule.place {
        case .sourceCode(let except):
            guard file.path.hasPrefix("Sources/"), file.path.hasSuffix(".swift"), !except.contains(file.target) else { return [] }
            return file.codeLines(matching: rule.pattern).map(file.place)
        case .anyCode:
            guard file.path.hasSuffix(".swift") else { return [] }
            return file.codeLines(matching: rule.pattern).map(file.place)
        case .anyText:
            return file.lines.indices.filter { rule.pattern.matches(file.lines[$0]) }.map(file.place)
        }
    }

    @Test("that are banned do not occur", arguments: rules)
    func bannedWordsDoNotOccur(rule: Rule) {
        #expect(SourceTree.readable.count > SourceTree.sources.count, "the tree was not found")
        // This file has to spell them.
        let files = SourceTree.readable.filter { $0.path != "Tests/TidyTests/WordsTests.swift" }
        expectNone(files.flatMap { Self.findings(rule, $0) }, rule.name)
    }

    @Test("that are banned are found, and their innocent neighbours are not", arguments: rules)
    func findsBannedWords(rule: Rule) {
        for text in rule.bad { #expect(Self.findings(rule, sample(text)).count == 1, "\(text)") }
        for text in rule.good { #expect(Self.findings(rule, sample(text)).isEmpty, "\(text)") }
    }

    private func sample(_ text: String) -> SourceFile { SourceFile(path: "Sources/Gateway/Sample.swift", text: text) }
}
