/// What is wrong with a file that the configuration names.
package struct AssemblyProblem: Hashable, Sendable {
    package enum Severity: Hashable, Sendable { case error, warning }

    package let severity: Severity
    package let file: String
    package let message: String

    package static func error(_ file: String, _ message: String) -> Self { Self(severity: .error, file: file, message: message) }
    package static func warning(_ file: String, _ message: String) -> Self {
        Self(severity: .warning, file: file, message: message)
    }
}
