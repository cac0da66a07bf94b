import PKITypes

/// What the registry says of one device, as decisions need it: answers, not the rules that they come from.
package struct RegisteredDevice: Hashable, Sendable {
    /// What a credential is worth.
    package enum Answer: Hashable, Sendable {
        case refuse(RefusalReason)
        /// The registry has to judge it, once the device has proved that it holds the key; until then nothing is relayed.
        case ask
        case admit
        case admitUntil(UnixSeconds)
    }

    package struct BoundCredential: Hashable, Sendable {
        package let id: CredentialID
        package let key: KeyFingerprint
        package let answer: Answer

        package init(id: CredentialID, key: KeyFingerprint, answer: Answer) {
            self.id = id
            self.key = key
            self.answer = answer
        }
    }

    package let identity: DeviceIdentity
    package let state: DeviceState
    package let credentials: [BoundCredential]
    /// To a credential that is not among them. One for a key that is among them is always asked about.
    package let answerToOthers: Answer
    package let posture: [String: String]
    /// Granted to it, for policies that let such windows count.
    package let windows: [Validity]

    package init(
        identity: DeviceIdentity, state: DeviceState, credentials: [BoundCredential] = [], answerToOthers: Answer = .ask,
        posture: [String: String] = [:], windows: [Validity] = []
    ) {
        self.posture = posture
        self.windows = windows
        self.identity = identity
        self.state = state
        self.credentials = credentials
        self.answerToOthers = answerToOthers
    }
}
