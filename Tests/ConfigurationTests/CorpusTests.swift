import Configuration
import Foundation
import Testing

/// Every broken file of the corpus gives exactly the findings written beside it.
struct CorpusTests {
    private static var fixtures: URL { Bundle.module.resourceURL?.appendingPathComponent("Fixtures") ?? Bundle.module.bundleURL }

    static var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: fixtures.path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(".yaml".count)) }.sorted()
    }

    @Test("the corpus is there")
    func corpusIsThere() { #expect(Self.names.count >= 30) }

    @Test("a broken file gives exactly the expected findings, each with its line and column", arguments: names)
    func givesTheExpectedFindings(name: String) throws {
        let text = try String(contentsOf: Self.fixtures.appendingPathComponent("\(name).yaml"), encoding: .utf8)
        let expected = try String(contentsOf: Self.fixtures.appendingPathComponent("\(name).expected"), encoding: .utf8)
        let result = ConfigurationReader.read(text: text, file: "/etc/pulsegate/\(name).yaml", host: ConfigurationTexts.machine)
        #expect(result.lines.joined(separator: "\n") + "\n" == expected)
        #expect((result.configuration == nil) == result.hasErrors)
    }

    @Test("a repeated key hides no later error")
    func repeatedKeyHidesNothing() {
        let text = ConfigurationTexts.minimal + "log: { level: loud }\nlog: { format: xml }\nclock_skew: soon\n"
        let errors = ConfigurationTexts.read(text).errors
        #expect(errors.map(\.line) == [17, 18, 18, 19])
    }

    @Test("octets that are not UTF-8 are an error with their place")
    func notUTF8() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("config-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appendingPathComponent("bad.yaml")
        try Data("workers: 1\nlog: ".utf8 + [0xc3, 0x28, 0x0a]).write(to: file)
        let result = try ConfigurationReader.read(file: file.path, host: ConfigurationTexts.machine)
        #expect(result.errors.map(\.position) == [SourcePosition(line: 2, column: 7)])
        #expect(result.configuration == nil)
    }

    @Test("a file that is not there is told apart from a bad one")
    func unreadableFile() {
        #expect(throws: ConfigurationReader.ReadFailure.self) {
            try ConfigurationReader.read(file: "/nonexistent/pulsegate.yaml")
        }
    }

    @Test("a text above the limits is an error and no configuration")
    func limits() {
        let large = ConfigurationTexts.read("# " + String(repeating: "x", count: 1 << 20))
        #expect(large.lines == ["\(ConfigurationTexts.file):1:1: error: the file has 1048578 bytes, expected at most 1MiB"])
        let many = ConfigurationTexts.read("workers: [" + String(repeating: "a,", count: 100_000) + "]\n")
        #expect(many.errors.contains { $0.message == "more than 100000 values, expected a configuration" })
        let deep = ConfigurationTexts.read(String(repeating: "[", count: 100_000))
        #expect(
            deep.errors.map(\.message) == [
                "nested too deeply, expected at most 16 levels", "not valid YAML: nested without an end",
            ]
        )
    }

    @Test(
        "no slip of a hand stops the reader",
        arguments: ["", ":", "\n", "-", "{", "]", "&", "*", "\"", "\t", "<<: ", "? ", "é", "\u{0}"])
    func anySlipIsSurvived(slip: String) {
        let text = Array(ConfigurationTexts.minimal.utf8)
        for position in text.indices {
            let spoilt = text[..<position] + slip.utf8 + text[(position + 1)...]
            let result = ConfigurationTexts.read(String(decoding: spoilt, as: UTF8.self))
            #expect(result.hasErrors == (result.configuration == nil))
        }
        for length in text.indices {
            let result = ConfigurationTexts.read(String(decoding: text[..<length] + slip.utf8, as: UTF8.self))
            #expect(result.hasErrors == (result.configuration == nil))
        }
    }
}
