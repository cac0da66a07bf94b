/// Something to report: it knows how grave it is and says what was found and what was expected.
protocol Problem: Sendable {
    var severity: Finding.Severity { get }
    var sentence: String { get }
}

/// The findings on one file while it is read.
struct FindingList {
    let file: String
    private(set) var findings: [Finding] = []

    init(file: String) { self.file = file }

    /// - Parameter subject: the configured file that the problem is about, if it is about one.
    mutating func add(_ problem: some Problem, at position: SourcePosition, about subject: String? = nil) {
        findings.append(
            Finding(
                file: file, position: position, severity: problem.severity, message: problem.sentence, subject: subject
            )
        )
    }

    var hasErrors: Bool { findings.contains { $0.severity == .error } }
}
