import DER

/// What a path must be good for, and how far it may reach: the inputs of RFC 5280 §6.1.1 beside anchors and time.
package struct PathPolicy: Hashable, Sendable {
    package enum Purpose: String, Hashable, Sendable, CaseIterable { case client, server, any }

    package var purpose: Purpose
    /// Further extended key usages that the leaf must name, and that no authority above it may leave out of its own.
    package var keyPurposes: [ObjectIdentifier]
    /// Most certificates between the leaf and the trust anchor, those that are self-issued not counted.
    package var maximumDepth: Int
    /// user-initial-policy-set as dotted OIDs; empty means any-policy.
    package var initialPolicies: [String]
    package var explicitPolicy: Requirement
    package var policyMapping: Permission
    package var anyPolicy: Permission
    /// Whether a client may be an authority. RFC 5280 does not mind, nor does NIST's suite (4.6.8); a device that could make
    /// other devices, or revoke them, is none. A leaf that is itself an anchor was configured for what it is.
    package var authorityAsClient: Permission
    package var algorithms: AlgorithmPolicy
    package var issuerProfile: IssuerProfile

    package enum Requirement: Hashable, Sendable { case required, notRequired }
    package enum Permission: Hashable, Sendable { case inhibited, allowed }

    package init(
        purpose: Purpose = .client,
        keyPurposes: [ObjectIdentifier] = [],
        maximumDepth: Int,
        initialPolicies: [String] = [],
        explicitPolicy: Requirement = .notRequired,
        policyMapping: Permission = .allowed,
        anyPolicy: Permission = .allowed,
        authorityAsClient: Permission = .inhibited,
        algorithms: AlgorithmPolicy = .bcp195_2022,
        issuerProfile: IssuerProfile = .tolerant
    ) {
        self.purpose = purpose
        self.keyPurposes = keyPurposes
        self.maximumDepth = maximumDepth
        self.initialPolicies = initialPolicies
        self.explicitPolicy = explicitPolicy
        self.policyMapping = policyMapping
        self.anyPolicy = anyPolicy
        self.authorityAsClient = authorityAsClient
        self.algorithms = algorithms
        self.issuerProfile = issuerProfile
    }
}
