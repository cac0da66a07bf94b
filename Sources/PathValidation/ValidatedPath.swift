import PKITypes
import X509

/// A certification path that a ``PathValidator`` found valid: evidence, not a claim.
///
/// It says nothing about revocation, identity or policy; those are decided from it, at every use, elsewhere.
package struct ValidatedPath: Sendable {
    /// The leaf first, the trust anchor last. A leaf that is itself a trust anchor stands alone.
    package let certificates: [Certificate]
    /// The trust-anchor entry of the configuration that the path ends in.
    package let anchorEntry: String
    package let anchorFingerprint: Fingerprint
    package let leafFingerprint: Fingerprint
    package let leafKey: KeyFingerprint
    /// What the search ran into before it found this path, for whoever asks why.
    package let deadEnds: [DeadEnd]

    /// Only a `PathValidator`, after its checks, may say this; `TidyTests` holds the list of files that do.
    package static func assertion(
        certificates: [Certificate],
        anchorEntry: String,
        anchorFingerprint: Fingerprint,
        leafFingerprint: Fingerprint,
        leafKey: KeyFingerprint,
        deadEnds: [DeadEnd] = []
    ) -> Self {
        precondition(!certificates.isEmpty, "a path holds at least the trust anchor")
        return Self(
            certificates: certificates,
            anchorEntry: anchorEntry,
            anchorFingerprint: anchorFingerprint,
            leafFingerprint: leafFingerprint,
            leafKey: leafKey,
            deadEnds: deadEnds
        )
    }

    private init(
        certificates: [Certificate], anchorEntry: String, anchorFingerprint: Fingerprint, leafFingerprint: Fingerprint,
        leafKey: KeyFingerprint, deadEnds: [DeadEnd]
    ) {
        self.certificates = certificates
        self.anchorEntry = anchorEntry
        self.anchorFingerprint = anchorFingerprint
        self.leafFingerprint = leafFingerprint
        self.leafKey = leafKey
        self.deadEnds = deadEnds
    }
}
