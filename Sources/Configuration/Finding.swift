/// One thing that `check` has to say about a configuration file.
package struct Finding: Hashable, Comparable, Sendable, CustomStringConvertible {
    package enum Severity: String, Hashable, Sendable { case error, warning }

    package var file: String
    package var position: SourcePosition
    package var severity: Severity
    package var message: String
    /// The configured file that it is about; nil when it is about the configuration itself.
    package var subject: String?

    package init(file: String, position: SourcePosition, severity: Severity, message: String, subject: String? = nil) {
        self.file = file
        self.position = position
        self.severity = severity
        self.message = message
        self.subject = subject
    }

    package var line: Int { position.line }
    package var column: Int { position.column }

    package var description: String { "\(file):\(line):\(column): \(severity.rawValue): \(message)" }

    /// In the order of the text, so that a person can work through the file from top to bottom.
    package static func < (left: Self, right: Self) -> Bool {
        (left.file, left.position, left.severity.rawValue, left.message)
            < (right.file, right.position, right.severity.rawValue, right.message)
    }
}
