/// What reading a configuration gave: the configuration, unless there are errors, and every finding in the order of
/// the text. Those who load the named files add findings about their contents.
package struct ConfigurationResult: Sendable {
    package let file: String
    /// Nil when any finding is an error.
    package var configuration: GatewayConfiguration? { hasErrors ? nil : builtConfiguration }
    package private(set) var findings: [Finding]
    /// The checked settings behind the configuration, for printing.
    let settings: SettingMapping?
    private let builtConfiguration: GatewayConfiguration?
    private let mentions: [DocumentWalk.FileMention]

    init(
        file: String, settings: SettingMapping? = nil, findings: [Finding], mentions: [DocumentWalk.FileMention] = []
    ) {
        self.file = file
        self.settings = settings
        self.mentions = mentions
        self.findings = findings.sorted()
        builtConfiguration = settings.map { ConfigurationBuilder($0).configuration() }
    }

    package var hasErrors: Bool { findings.contains { $0.severity == .error } }

    /// Adds what was found in a configured file, at the place where the configuration first names it. `path` is the
    /// absolute path as the configuration has it.
    package mutating func add(_ severity: Finding.Severity, aboutFile path: String, _ message: String) {
        let position = mentions.first { $0.path == path }?.position ?? .start
        let text = "'\(path)': \(message)"
        let finding = Finding(file: file, position: position, severity: severity, message: text, subject: path)
        // A file that several listeners name is wrong once.
        guard !findings.contains(finding) else { return }
        findings.append(finding)
        findings.sort()
    }
}
