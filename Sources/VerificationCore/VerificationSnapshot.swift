import PKITypes

/// Everything that decisions are made from, immutable: the policy information point. A change is a new snapshot.
package final class VerificationSnapshot: Sendable {
    package let generation: UInt64
    package let revocation: RevocationIndex
    package let policies: [AccessPolicy]
    /// How far a list's thisUpdate may lie in the future.
    package let clockSkewSeconds: Int64
    private let anchors: [String: TrustAnchorEntry]
    private let trustByListener: [String: Set<String>]

    package init(
        generation: UInt64,
        anchors: [TrustAnchorEntry],
        trustByListener: [String: Set<String>],
        policies: [AccessPolicy],
        revocation: RevocationIndex,
        clockSkewSeconds: Int64
    ) {
        self.generation = generation
        self.anchors = Dictionary(uniqueKeysWithValues: anchors.map { ($0.name, $0) })
        self.trustByListener = trustByListener
        self.policies = policies
        self.revocation = revocation
        self.clockSkewSeconds = clockSkewSeconds
    }

    package func anchor(named name: String) -> TrustAnchorEntry? { anchors[name] }

    func listener(_ listener: String, trusts anchorEntry: String) -> Bool {
        trustByListener[listener]?.contains(anchorEntry) ?? false
    }
}
