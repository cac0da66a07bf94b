/// How text for people looks: with colours, or plain for files, pipes and those who ask for it.
package enum TextStyle: Sendable {
    case coloured, plain

    package enum Output: Sendable { case terminal, other }

    /// - Parameters:
    ///   - noColor: the environment's NO_COLOR; any text in it asks for none (no-color.org).
    ///   - term: the environment's TERM.
    package static func suited(to output: Output, noColor: String?, term: String?) -> Self {
        guard output == .terminal, noColor ?? "" == "", term != "dumb" else { return .plain }
        return .coloured
    }

    enum Ink: String { case green = "32", red = "31", yellow = "33", bold = "1", dim = "2", alarm = "1;31" }

    func text(_ text: String, _ ink: Ink) -> String {
        switch self {
        case .coloured: "\u{1b}[\(ink.rawValue)m\(text)\u{1b}[0m"
        case .plain: text
        }
    }
}
