import Testing

/// Nothing is so long that it cannot be read at one sitting.
@Suite("Length")
struct LengthTests {
    /// A file beyond this holds more than one noun.
    private static let fileLinesMax = 499
    private static let fileLinesMedianMax = 199
    /// A screen.
    private static let functionLinesMax = 59
    private static let columnsMax = 130

    static func longFiles(_ files: [SourceFile]) -> [String] {
        files.filter { $0.lines.count > fileLinesMax }.map { "\($0.path): \($0.lines.count) lines" }
    }

    static func longLines(_ files: [SourceFile]) -> [String] {
        files.flatMap { file in
            file.lines.enumerated().filter { $0.element.count > columnsMax }
                .map { "\(file.place($0.offset)): \($0.element.count) columns" }
        }
    }

    static func longFunctions(_ files: [SourceFile]) -> [String] {
        files.flatMap { file in
            FunctionBody.all(in: file).filter { $0.lineCount > functionLinesMax }
                .map { "\(file.place($0.firstLine)): \($0.lineCount) lines of \($0.declaration)" }
        }
    }

    @Test("a file has fewer than 500 lines")
    func filesAreShort() { expectNone(Self.longFiles(SourceTree.allSwift), "long files") }

    @Test("half of the source files have fewer than 200 lines")
    func theMedianFileIsShort() throws {
        let counts = SourceTree.sources.map(\.lines.count).sorted()
        try #require(counts.count > 100, "the source tree was not found")
        #expect(counts[counts.count / 2] <= Self.fileLinesMedianMax)
    }

    @Test("a function has fewer than 60 lines")
    func functionsAreShort() {
        let count = SourceTree.sources.reduce(0) { $0 + FunctionBody.all(in: $1).count }
        #expect(count > SourceTree.sources.count, "the counter finds hardly any function")
        expectNone(Self.longFunctions(SourceTree.allSwift), "long functions")
    }

    @Test("a line has at most 130 columns")
    func linesAreShort() { expectNone(Self.longLines(SourceTree.allSwift), "long lines") }

    @Test("a long file, line and function are found; the longest permitted ones pass", arguments: [0, 1])
    func findsWhatIsLong(excess: Int) {
        let file = SourceFile(path: "a.swift", text: String(repeating: "\n", count: Self.fileLinesMax + excess))
        #expect(Self.longFiles([file]).count == excess)
        let line = SourceFile(path: "a.swift", text: String(repeating: "é", count: Self.columnsMax + excess))
        #expect(Self.longLines([line]).count == excess)
        let body = String(repeating: "    work(\"}\")  // }\n", count: Self.functionLinesMax - 2 + excess)
        let function = SourceFile(path: "a.swift", text: "func long() {\n\(body)}\n\nfunc short() {}\n")
        #expect(Self.longFunctions([function]).count == excess)
    }

    @Test("bodies are found behind every kind of declaration, and requirements have none")
    func findsBodies() {
        let text = """
            protocol Reader {
                func read() -> Int
                var name: String { get }
                init(_ text: String)
            }
            struct Sample<Value> where Value: Sendable {
                private let block = 3
                init?(_ value: Int = { 3 }()) {
                    self.init(value, "\\(value.map { "}{" })")
                }
                subscript(index: Int) -> Int { index }
                func over<T>(
                    _ several: T,
                    lines: () -> Void
                ) throws(Failure)
                where T: Sendable {
                    if true { /* } */ }
                }
                deinit { #"}"# }
                var area: Int {
                    get { 1 }
                }
            }
            """
        let found = FunctionBody.all(in: SourceFile(path: "a.swift", text: text)).map { "\($0.firstLine + 1)+\($0.lineCount)" }
        #expect(found == ["3+1", "8+3", "11+1", "12+7", "19+1", "20+3"])
    }
}
