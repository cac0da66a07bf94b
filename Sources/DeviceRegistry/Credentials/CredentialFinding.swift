import PKITypes

/// What is wrong with a credential that a device showed, although its certificate is good.
package enum CredentialFinding: String, CaseIterable, Hashable, Sendable {
    /// One key speaks for two devices: it was copied, or enrolled twice.
    case keyUnderTwoIdentities = "key-under-two-identities"
    /// A key that nobody announced, under an identity that has others.
    case unknownKey = "unknown-key"
    /// The first credential is not the one that was registered, or none was.
    case notPreRegistered = "not-pre-registered"
    /// Its successor is in use: somebody kept a copy.
    case supersededReturned = "superseded-returned"
    /// A new certificate for a key that should have been replaced.
    case renewedWithSameKey = "renewed-with-same-key"
    /// It was revoked, or its device retired; no list that says less undoes that.
    case deadReturned = "dead-returned"

    /// The word that the device's refusal has.
    package var refusal: RefusalReason {
        switch self {
        case .keyUnderTwoIdentities: .cloneSuspected
        case .supersededReturned: .credentialSuperseded
        case .unknownKey, .notPreRegistered, .renewedWithSameKey: .credentialNotBound
        case .deadReturned: .revoked
        }
    }
}
