import PKITypes

/// What a device showed, and proved to hold the key of: nothing is "seen" before that.
package struct PresentedCredential: Hashable, Sendable {
    package let id: CredentialID
    package let key: KeyFingerprint
    package let validity: Validity

    package init(id: CredentialID, key: KeyFingerprint, validity: Validity) {
        self.id = id
        self.key = key
        self.validity = validity
    }
}
