/// What one search for a path may cost. Every count is spent before the work is done; none can be refilled.
package struct WorkBudget: Hashable, Sendable {
    /// A signature check is what an attacker makes us pay most for. 100 is webpki's number (CVE-2018-16875 is Go's lesson);
    /// each edge of a graph is checked once, and no real graph has a tenth of it.
    package static let maximumSignatureChecks = 100
    /// Candidates for an issuer that are looked at. webpki and Mozilla allow 200,000 calls of their builders; we remember dead
    /// ends and need few, and a tenth keeps the worst graph below a tenth of a second.
    package static let maximumSteps = 20_000
    /// Names compared with constraints: webpki's number, a quarter of what OpenSSL allows for one certificate.
    package static let maximumNameComparisons = 250_000
    /// Policies and mappings compared with the policies of the level above, on all paths that reach an anchor: each path may
    /// ask for as much as names do.
    package static let maximumPolicyComparisons = 250_000
    /// Octets of name constraints that are decoded: thirty authorities with a thousand hosts each, in some tens of milliseconds.
    package static let maximumNameConstraintOctets = 1 << 20
    /// Certificates beside the leaf, decoded before anything else is known. A handshake's are limited by its octets long
    /// before; a job of `verify` may bring every authority of a test suite.
    package static let maximumPresented = 1_024
    /// Certificates on one path, self-issued ones too, which `maximumDepth` does not count: what a path costs to judge.
    package static let maximumPathLength = 128

    /// What ran out.
    package enum Exhausted: String, Hashable, Sendable, CaseIterable {
        case signatureChecks, steps, nameComparisons, nameConstraintOctets, policyComparisons, presentedCertificates
    }

    // What is left.
    package private(set) var signatureChecks: Int
    package private(set) var steps: Int
    package private(set) var nameComparisons: Int
    package private(set) var nameConstraintOctets: Int
    package private(set) var policyComparisons: Int

    package init(
        signatureChecks: Int = Self.maximumSignatureChecks, steps: Int = Self.maximumSteps,
        nameComparisons: Int = Self.maximumNameComparisons,
        nameConstraintOctets: Int = Self.maximumNameConstraintOctets, policyComparisons: Int = Self.maximumPolicyComparisons
    ) {
        self.signatureChecks = signatureChecks
        self.steps = steps
        self.nameComparisons = nameComparisons
        self.nameConstraintOctets = nameConstraintOctets
        self.policyComparisons = policyComparisons
    }

    mutating func spendSignatureCheck() throws(PathFault) { try Self.spend(1, of: &signatureChecks, .signatureChecks) }
    mutating func spendStep() throws(PathFault) { try Self.spend(1, of: &steps, .steps) }
    mutating func spendNameComparisons(_ count: Int) throws(PathFault) {
        try Self.spend(count, of: &nameComparisons, .nameComparisons)
    }

    mutating func spendNameConstraintOctets(_ count: Int) throws(PathFault) {
        try Self.spend(count, of: &nameConstraintOctets, .nameConstraintOctets)
    }

    mutating func spendPolicyComparisons(_ count: Int) throws(PathFault) {
        try Self.spend(count, of: &policyComparisons, .policyComparisons)
    }

    private static func spend(_ count: Int, of left: inout Int, _ what: Exhausted) throws(PathFault) {
        guard left >= count else { throw .workLimit(what) }
        left -= count
    }
}
