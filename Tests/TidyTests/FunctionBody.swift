/// A declaration with a body: a function, an initialiser, an accessor block.
struct FunctionBody {
    let declaration: String
    let firstLine: Int
    let lineCount: Int

    private static let keyword = Pattern(#"(?<![.\w`])(?:func\s|init[?!]?\s*[(<]|deinit\b|subscript\s*[(<]|var\s)"#)
    /// What may begin a line that continues a declaration's head.
    private static let continuation = Pattern(#"^\s*(?:\{|->|throws|rethrows|async|where)"#)

    static func all(in file: SourceFile) -> [FunctionBody] {
        file.code.indices.filter { keyword.matches(file.code[$0]) }.compactMap { first in
            lastLine(of: file.code, from: first).map { last in
                let declaration = file.lines[first].drop { $0 == " " }
                return FunctionBody(declaration: String(declaration), firstLine: first, lineCount: last - first + 1)
            }
        }
    }

    /// The line of the brace that closes the body; nil when the declaration has none.
    private static func lastLine(of code: [String], from first: Int) -> Int? {
        var brackets = 0
        var braces = 0
        for index in first..<code.count {
            if index > first, brackets == 0, braces == 0, !continuation.matches(code[index]) { return nil }
            for character in code[index] {
                switch character {
                case "(", "[": brackets += 1
                case ")", "]": brackets -= 1
                case "{" where brackets == 0 || braces > 0: braces += 1
                case "}" where braces > 0:
                    braces -= 1
                    if braces == 0, brackets == 0 { return index }
                case "}" where brackets == 0: return nil
                default: break
                }
            }
        }
        return nil
    }
}
