import PKITypes

/// A trust-anchor entry of the configuration: whose word is believed, about which identities, and how its certificates
/// are checked for revocation.
package final class TrustAnchorEntry: Sendable {
    package let name: String
    /// The certificates that are the anchors; a path must still end in one of them when a live session is decided again.
    /// Few: to compare them all costs less than to hash one.
    package let fingerprints: [Fingerprint]
    package let identitySource: IdentitySource
    /// Empty: any identity.
    package let vouchesFor: [IdentityPattern]
    /// Nil: no lifetime is warned of.
    package let warnCertificateLifetimeSeconds: Int64?
    package let maximumCertificateLifetimeSeconds: Int64
    package let revocation: RevocationPolicy

    package init(
        name: String,
        fingerprints: Set<Fingerprint>,
        identitySource: IdentitySource,
        vouchesFor: [IdentityPattern],
        warnCertificateLifetimeSeconds: Int64? = nil,
        maximumCertificateLifetimeSeconds: Int64,
        revocation: RevocationPolicy
    ) {
        self.name = name
        self.fingerprints = Array(fingerprints)
        self.identitySource = identitySource
        self.vouchesFor = vouchesFor
        self.warnCertificateLifetimeSeconds = warnCertificateLifetimeSeconds
        self.maximumCertificateLifetimeSeconds = maximumCertificateLifetimeSeconds
        self.revocation = revocation
    }

    func warnsAbout(certificateLifetimeSeconds: Int64) -> Bool {
        warnCertificateLifetimeSeconds.map { certificateLifetimeSeconds > $0 } ?? false
    }

    package func vouches(for identity: DeviceIdentity) -> Bool {
        vouchesFor.isEmpty || vouchesFor.contains { $0.matches(identity) }
    }
}

extension TrustAnchorEntry: Equatable {
    /// Whether both decide alike; a test sees to it that no rule is left out.
    package static func == (left: TrustAnchorEntry, right: TrustAnchorEntry) -> Bool {
        left.name == right.name && Set(left.fingerprints) == Set(right.fingerprints)
            && left.identitySource == right.identitySource && left.vouchesFor == right.vouchesFor
            && left.warnCertificateLifetimeSeconds == right.warnCertificateLifetimeSeconds
            && left.maximumCertificateLifetimeSeconds == right.maximumCertificateLifetimeSeconds
            && left.revocation == right.revocation
    }
}
