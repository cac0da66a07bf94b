import Foundation

/// A regular expression of this target's own, known to compile.
struct Pattern: Sendable {
    private let expression: NSRegularExpression

    init(_ text: String) {
        guard let expression = try? NSRegularExpression(pattern: text) else {
            preconditionFailure("not a regular expression: \(text)")
        }
        self.expression = expression
    }

    func matches(_ line: String) -> Bool { count(in: line) > 0 }

    func count(in line: String) -> Int {
        expression.numberOfMatches(in: line, range: NSRange(line.startIndex..., in: line))
    }

    /// Of each match its first group, or all of it.
    func captures(in line: String) -> [String] {
        expression.matches(in: line, range: NSRange(line.startIndex..., in: line)).compactMap { match in
            Range(match.range(at: match.numberOfRanges > 1 ? 1 : 0), in: line).map { String(line[$0]) }
        }
    }
}
