import Testing

@Suite("Code mask")
struct CodeMaskTests {
    @Test(
        "comments and literals are blanked, code and interpolated code stay",
        arguments: [
            ("a // b", "a     "), ("a /* b /* c */ d */ e", "a                   e"), (#"f("a\"b")"#, #"f("    ")"#),
            (##"f(#"a"b\"#)"##, ##"f(#"    "#)"##), (#""a\(b("c"))d""#, #""  (b(" ")) ""#),
            ("é // é", "é      "),
            ("\"\"\"\na\"b\n\"\"\"c", "\"\"\"\n   \n\"\"\"c"), ("\"//\" x", "\"  \" x"), ("a # b", "a # b"),
        ]
    )
    func blanks(text: String, expected: String) {
        #expect(CodeMask.masked(text) == expected)
    }

    @Test("what is left of every file has as many braces opened as closed")
    func balances() {
        let unbalanced = SourceTree.allSwift.filter { file in
            let code = file.code.joined()
            return code.count { $0 == "{" } != code.count { $0 == "}" } || code.count { $0 == "(" } != code.count { $0 == ")" }
        }
        #expect(!SourceTree.allSwift.isEmpty)
        expectNone(unbalanced.map(\.path), "unbalanced")
    }
}
