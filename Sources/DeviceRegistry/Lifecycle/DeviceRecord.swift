import PKITypes

/// A device as the registry knows it: identity is a record, a certificate is only evidence.
package struct DeviceRecord: Hashable, Sendable {
    package let identity: DeviceIdentity
    package var description = DeviceDescription()
    package var aliases: [SenderAlias] = []
    /// Attributes that policies can require; missing is not met.
    package var posture: [String: String] = [:]
    package var windows: [TimeWindow] = []
    /// The key that its first credential must have, known before the device is.
    package var expectedKey: KeyFingerprint?
    /// Keys that were expected of it when it was retired, and never came: a reinstated device needs a new one.
    package var condemnedKeys: [KeyFingerprint] = []

    package var state = DeviceState.provisioned
    package var stateSince: UnixSeconds
    package var stateCause = TransitionCause.enrolment

    package var credentials: [Credential] = []
    package var firstSeen: UnixSeconds?
    package var lastSeen: UnixSeconds?
    package let enrolledAt: UnixSeconds
    package let enrolledBy: Actor

    package init(identity: DeviceIdentity, enrolledAt: UnixSeconds, enrolledBy: Actor) {
        self.identity = identity
        self.enrolledAt = enrolledAt
        self.enrolledBy = enrolledBy
        stateSince = enrolledAt
    }

    package subscript(credential id: CredentialID) -> Credential? { credentials.first { $0.id == id } }

    /// Every key that was ever bound to it, or is or was expected.
    package var keys: Set<KeyFingerprint> {
        Set(credentials.map(\.key)).union(condemnedKeys).union(expectedKey.map { [$0] } ?? [])
    }

    package func condemns(_ key: KeyFingerprint) -> Bool {
        condemnedKeys.contains(key) || credentials.contains { $0.key == key && $0.standing.condemnsKey }
    }
}
