import Foundation

/// A text of the tree, or a sample that a check must object to.
struct SourceFile: Sendable {
    /// Relative to the root, with slashes.
    let path: String
    let lines: [String]
    /// The same lines without what comments and string literals say; line numbers stay.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        // A file's last newline ends its last line; it does not begin another.
        lines = text.hasSuffix("\n") ? text.dropLast().components(separatedBy: "\n") : text.components(separatedBy: "\n")
        code = path.hasSuffix(".swift") ? CodeMask.masked(text).components(separatedBy: "\n") : lines
    }

    init?(path: String) {
        guard let text = try? String(contentsOf: SourceTree.root.appending(path: path), encoding: .utf8) else { return nil }
        self.init(path: path, text: text)
    }

    /// `Sources/TARGET/…` or `Tests/TARGET/…`
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    func place(_ index: Int) -> String { "\(path):\(index + 1)" }

    /// Where `pattern` matches a line of code.
    func codeLines(matching pattern: Pattern) -> [Int] { code.indices.filter { pattern.matches(code[$0]) } }
}
