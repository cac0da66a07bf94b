import PKITypes

/// What a decision needs to know of a device, and no more: a million of these pass by when a view is built.
package struct DecisionEntry: Hashable, Sendable {
    package struct BoundCredential: Hashable, Sendable {
        package let id: CredentialID
        package let key: KeyFingerprint
        package let notAfter: UnixSeconds
        package let standing: CredentialStanding
    }

    package let number: DeviceNumber
    package let revision: Revision
    package let identity: DeviceIdentity
    package let state: DeviceState
    package let expectedKey: KeyFingerprint?
    package let condemnedKeys: [KeyFingerprint]
    package let aliases: [SenderAlias]
    package let posture: [String: String]
    package let windows: [TimeWindow]
    package var credentials: [BoundCredential]
}
