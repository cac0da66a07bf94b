import Configuration
import DeviceRegistry

/// A finding about the configuration, as JSON.
enum FindingNode {
    static func node(_ finding: Finding) -> JSONNode {
        .members([
            ("file", .string(finding.file)), ("line", .number(finding.line)), ("column", .number(finding.column)),
            ("severity", .string(finding.severity == .error ? "error" : "warning")), ("message", .string(finding.message)),
        ])
    }
}
