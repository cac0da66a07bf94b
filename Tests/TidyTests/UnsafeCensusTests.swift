import Testing

/// Every place where the compiler's proof of safety ends says who gives the proof instead.
@Suite("Unsafe census")
struct UnsafeCensusTests {
    /// The places that are meant, by file. A new one is added here, in the open.
    static let expected: [String: Int] = [
        "Sources/LabPKI/LabKey.swift": 1,
        "Sources/Observability/AtomicWords.swift": 1,
        "Sources/Observability/EventRing.swift": 1,
        "Sources/PKITypes/RawSpan+Equality.swift": 2,
        "Sources/RevocationRefresh/BlockRelay.swift": 1,
        "Sources/RevocationRefresh/ListDigest.swift": 1,
        "Sources/RevocationRefresh/ReadAhead.swift": 1,
        "Sources/SignatureChecking/CryptoLibrary.swift": 2,
        "Sources/SignatureChecking/OpenSSLCertificate.swift": 1,
        "Sources/SignatureChecking/OpenSSLPathEngine.swift": 1,
        "Sources/SignatureChecking/SecondOpinion.swift": 1,
        "Sources/TLSOrigination/TLSClientContext.swift": 1,
        "Sources/TLSStream/TLSSession.swift": 1,
        "Sources/TLSTermination/TLSServerContext.swift": 1,
    ]

    private static let mark = Pattern(#"@unchecked\s+Sendable|nonisolated\(unsafe\)|(?<![(\w.])unsafe\s"#)
    private static let declaration = Pattern(#"\b(?:class|struct|enum|actor|protocol|extension|func|let|var|init|typealias)\b"#)
    private static let attribute = Pattern(#"^\s*@(?!unchecked|retroactive)\w"#)
    private static let comment = Pattern(#"^\s*//"#)
    private static let sentence = Pattern(#"^\s*// SAFETY: \w.*\w"#)

    static func count(_ file: SourceFile) -> Int { file.code.reduce(0) { $0 + mark.count(in: $1) } }

    static func unexplained(_ file: SourceFile) -> [String] {
        file.codeLines(matching: mark).filter { !isExplained($0, in: file) }.map(file.place)
    }

    /// The comments above the declaration that the mark stands in; a doc comment and attributes may come between.
    private static func isExplained(_ index: Int, in file: SourceFile) -> Bool {
        var line = index
        while line > 0, !declaration.matches(file.code[line]), !comment.matches(file.lines[line - 1]) { line -= 1 }
        while line > 0 {
            line -= 1
            if sentence.matches(file.lines[line]) { return true }
            let isAttribute = attribute.matches(file.code[line]) && !declaration.matches(file.code[line])
            if !isAttribute, !comment.matches(file.lines[line]) { return false }
        }
        return false
    }

    @Test("each has its SAFETY sentence directly above")
    func everyPlaceIsExplained() {
        expectNone(SourceTree.allSwift.flatMap(Self.unexplained), "without a SAFETY: sentence")
    }

    @Test("there are those that are listed, and no others")
    func noneIsNew() {
        let counts = SourceTree.sources.map { ($0.path, Self.count($0)) }
        let actual = Dictionary(uniqueKeysWithValues: counts.filter { $0.1 > 0 })
        let paths = Set(actual.keys).union(Self.expected.keys).sorted()
        let differing = paths.filter { actual[$0] != Self.expected[$0] }
        let findings = differing.map { "\($0): \(actual[$0] ?? 0), listed \(Self.expected[$0] ?? 0)" }
        expectNone(findings, "the census differs from its list")
    }

    @Test(
        "an unexplained place is found",
        arguments: [
            "final class A: @unchecked Sendable {}", "nonisolated(unsafe) let a = 1", "let a = unsafe b()",
            "return unsafe b",
            "// SAFETY: of another\nlet b = 2\nnonisolated(unsafe) let a = 1",
            "// SAFETY:\nfinal class A: @unchecked Sendable {}",
            "let s = \"// SAFETY: no comment\"\nfinal class A:\n    B, @unchecked Sendable {}",
        ]
    )
    func findsUnexplained(text: String) {
        let sample = SourceFile(path: "a.swift", text: text)
        #expect(Self.count(sample) == 1)
        #expect(Self.unexplained(sample).count == 1)
    }

    @Test(
        "an explained place, and the word elsewhere, pass",
        arguments: [
            "// SAFETY: one thread owns it.\nfinal class A: @unchecked Sendable {}",
            "// SAFETY: it is read only.\n/// Doc.\n@usableFromInline\nfinal class A:\n    B,\n    @unchecked Sendable\n{}",
            "func f() {\n    // SAFETY: inside the buffer.\n    let a = unsafe b()\n}",
            "let a = \"unsafe word\"  // unsafe word", "let unsafety = 1",
        ]
    )
    func passesExplained(text: String) {
        #expect(Self.unexplained(SourceFile(path: "a.swift", text: text)).isEmpty)
    }
}
