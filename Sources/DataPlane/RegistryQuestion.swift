import PKITypes

/// A credential that the snapshot's devices do not answer for, of a device that has proved to hold its key.
package struct RegistryQuestion: Sendable {
    /// What the answer is for. Strict first.
    package enum Use: Sendable {
        case enforced
        /// The listener only reports what the registry refuses: nobody is sent away for it.
        case reported
    }

    /// Whose connection waits.
    package let decision: DecisionID
    package let listener: String
    package let identity: DeviceIdentity
    package let credential: CredentialID
    package let key: KeyFingerprint
    /// Of the certificate.
    package let validity: Validity
    package let use: Use
}

/// What the registry says to it.
package enum RegistryAnswer: Sendable {
    /// A snapshot that knows the credential was published before: the decision is made again.
    case recorded
    case refused(RefusalReason)
}
