import PKITypes

/// A device that came and proved that it holds the key of its certificate.
package struct Sighting: Hashable, Sendable {
    package let identity: DeviceIdentity
    package let presented: PresentedCredential
    package let time: UnixSeconds
    package let findings: Findings

    /// What its findings lead to. Strict first.
    package enum Findings: Sendable {
        case asPolicySays
        /// Nobody is quarantined.
        case onlyReported
    }

    package init(
        identity: DeviceIdentity, presented: PresentedCredential, time: UnixSeconds, findings: Findings = .asPolicySays
    ) {
        self.findings = findings
        self.identity = identity
        self.presented = presented
        self.time = time
    }
}

/// What a sighting came to.
package enum SightingOutcome: Hashable, Sendable {
    case unknownDevice
    /// Its state refuses it; nothing was recorded.
    case refusedByState(DeviceState)
    /// - Parameter transition: when it became active by it, began to rotate, or was quarantined for a finding.
    case judged(CredentialJudgement, transition: Transition?)
}

/// An admission that the registry was not asked about.
package struct Visit: Hashable, Sendable {
    package let identity: DeviceIdentity
    package let credential: CredentialID
    package let time: UnixSeconds

    package init(identity: DeviceIdentity, credential: CredentialID, time: UnixSeconds) {
        self.identity = identity
        self.credential = credential
        self.time = time
    }
}
