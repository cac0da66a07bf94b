import PKITypes

/// A credential that the snapshot's devices do not answer for, of a device that has proved to hold its key.
package struct RegistryQuestion: Sendable {
    /// Whose connection waits.
    package let decision: DecisionID
    package let listener: String
    package let identity: DeviceIdentity
    package let credential: CredentialID
    package let key: KeyFingerprint
    /// Of the certificate.
    package let validity: Validity
}

/// What the registry says to it.
package enum RegistryAnswer: Sendable {
    /// A snapshot that knows the credential was published before: the decision is made again.
    case recorded
    case refused(RefusalReason)
}
