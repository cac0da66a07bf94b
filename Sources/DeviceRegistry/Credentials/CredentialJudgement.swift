import PKITypes

/// What the rules say of a presented credential.
package struct CredentialJudgement: Hashable, Sendable {
    package struct Finding: Hashable, Sendable {
        package let finding: CredentialFinding
        package let answer: FindingAnswer
    }

    package let findings: [Finding]
    /// Whether the credential is new, and would be bound if nothing speaks against it.
    package let binds: Bool

    /// The gravest that does not merely alarm, or nil: the credential may be used.
    package var refusal: Finding? { findings.filter { $0.answer < .alarm }.min { $0.answer < $1.answer } }
}
