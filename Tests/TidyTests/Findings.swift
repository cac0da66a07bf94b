import Testing

/// A check's findings are one failure with one line each, at the place of the check.
func expectNone(_ findings: [String], _ rule: String, at location: SourceLocation = #_sourceLocation) {
    #expect(findings.isEmpty, "\(rule):\n  \(findings.joined(separator: "\n  "))", sourceLocation: location)
}
