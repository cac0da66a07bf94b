import PKITypes

/// What an event did to a record.
package struct LifecycleStep: Hashable, Sendable {
    package let record: DeviceRecord
    /// Nil when the state stayed and no person changed anything.
    package let transition: Transition?
    /// What a person should hear of although the device stays as it is.
    package let alarm: LifecycleAlarm?
}

/// A fact that changes no state and yet wants to be looked at.
package enum LifecycleAlarm: Hashable, Sendable {
    /// The device stays, by a newer good credential.
    case credentialRevoked(CredentialID, RevocationReason)
}
