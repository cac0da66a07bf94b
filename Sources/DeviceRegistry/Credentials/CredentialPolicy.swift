import PKITypes

/// What a finding leads to, and when a key becomes a device's own.
package struct CredentialPolicy: Hashable, Sendable {
    package var firstUse: FirstUse
    package var keyUnderTwoIdentities: FindingAnswer
    package var unknownKey: FindingAnswer
    package var supersededReturned: FindingAnswer
    package var renewedWithSameKey: FindingAnswer
    /// How long an old credential stays good after its successor was seen.
    package var overlapSeconds: Int64

    package init(
        firstUse: FirstUse, keyUnderTwoIdentities: FindingAnswer, unknownKey: FindingAnswer, supersededReturned: FindingAnswer,
        renewedWithSameKey: FindingAnswer, overlapSeconds: Int64
    ) {
        self.firstUse = firstUse
        self.keyUnderTwoIdentities = keyUnderTwoIdentities
        self.unknownKey = unknownKey
        self.supersededReturned = supersededReturned
        self.renewedWithSameKey = renewedWithSameKey
        self.overlapSeconds = overlapSeconds
    }

    func answer(to finding: CredentialFinding) -> FindingAnswer {
        switch finding {
        case .keyUnderTwoIdentities: keyUnderTwoIdentities
        case .unknownKey: unknownKey
        case .supersededReturned: supersededReturned
        case .renewedWithSameKey: renewedWithSameKey
        case .notPreRegistered, .deadReturned: .refuse
        }
    }
}
