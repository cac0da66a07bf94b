import PKITypes

/// A certificate that was bound to an identity, with the key it is for. The registry never forgets one.
package struct Credential: Hashable, Sendable {
    package let id: CredentialID
    package let key: KeyFingerprint
    package let validity: Validity
    package var firstSeen: UnixSeconds
    package var lastSeen: UnixSeconds
    package var standing: CredentialStanding

    package init(
        id: CredentialID, key: KeyFingerprint, validity: Validity, firstSeen: UnixSeconds, lastSeen: UnixSeconds,
        standing: CredentialStanding
    ) {
        self.id = id
        self.key = key
        self.validity = validity
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.standing = standing
    }

    /// Good by the registry and by its own dates; lists are asked elsewhere.
    package func isGood(at now: UnixSeconds) -> Bool { standing.isGood(at: now) && validity.contains(now) }
}
