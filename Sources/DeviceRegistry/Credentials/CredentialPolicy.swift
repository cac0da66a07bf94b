/// What a finding leads to, and when a key becomes a device's own.
package struct CredentialPolicy: Hashable, Sendable {
    /// Strict first.
    package enum Answer: UInt8, CaseIterable, Comparable, Sendable {
        /// This connection is refused, and the device with it quarantined.
        case quarantine = 0
        /// This connection is refused.
        case refuse = 1
        /// It goes on, and somebody hears of it.
        case alarm = 2

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    package enum FirstUse: Sendable {
        /// The key must stand in the record before the device comes.
        case mustBePreRegistered
        case binds
    }

    package var firstUse: FirstUse
    package var keyUnderTwoIdentities: Answer
    package var unknownKey: Answer
    package var supersededReturned: Answer
    package var renewedWithSameKey: Answer
    /// How long an old credential stays good after its successor was seen.
    package var overlapSeconds: Int64

    package init(
        firstUse: FirstUse, keyUnderTwoIdentities: Answer, unknownKey: Answer, supersededReturned: Answer,
        renewedWithSameKey: Answer, overlapSeconds: Int64
    ) {
        self.firstUse = firstUse
        self.keyUnderTwoIdentities = keyUnderTwoIdentities
        self.unknownKey = unknownKey
        self.supersededReturned = supersededReturned
        self.renewedWithSameKey = renewedWithSameKey
        self.overlapSeconds = overlapSeconds
    }

    func answer(to finding: CredentialFinding) -> Answer {
        switch finding {
        case .keyUnderTwoIdentities: keyUnderTwoIdentities
        case .unknownKey: unknownKey
        case .supersededReturned: supersededReturned
        case .renewedWithSameKey: renewedWithSameKey
        case .notPreRegistered, .deadReturned: .refuse
        }
    }
}
