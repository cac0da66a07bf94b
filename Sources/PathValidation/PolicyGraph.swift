import DER
import PKITypes
import X509

/// Certificate policies along a path (RFC 5280 §6.1), with RFC 9618's graph for the valid_policy_tree: a policy is one node
/// of its level however many ways lead to it, so that the work grows with the policies and not with their combinations.
struct PolicyGraph {
    private struct Node {
        let policy: ObjectIdentifier
        /// expected_policy_set.
        var expected: Set<ObjectIdentifier>
        /// Positions in the level above.
        var parents: [Int]
    }

    /// The newest level last. The first is the anchor's: anyPolicy.
    private var levels: [[Node]] = [[Node(policy: .anyPolicy, expected: [.anyPolicy], parents: [])]]
    /// The valid_policy_tree has become NULL.
    private var isEmpty = false
    private var explicitPolicy: Int
    private var policyMapping: Int
    private var inhibitAnyPolicy: Int

    /// - Parameter path: the leaf first, the trust anchor last.
    static func check(
        _ path: [CandidateCertificate], _ policy: PathPolicy, _ budget: inout WorkBudget
    ) throws(PathFault) {
        guard path.count > 1 else { return }
        var graph = PolicyGraph(policy, pathLength: path.count - 1)
        for depth in (0..<(path.count - 1)).reversed() {
            guard case .success(let constraints) = path[depth].constraints else {
                preconditionFailure("a certificate whose constraints cannot be read came onto a path")
            }
            try graph.pay(for: constraints, from: &budget)
            try graph.descend(path[depth], constraints, depth: depth)
        }
        try graph.finish(policy)
    }

    /// Each policy and each mapping of a certificate meets each policy of the level above.
    private func pay(for constraints: PathConstraints, from budget: inout WorkBudget) throws(PathFault) {
        let stated = (constraints.policies?.identifiers.count ?? 0) + (constraints.policyMappings?.mappings.count ?? 0)
        let expected = levels[levels.count - 1].reduce(0) { $0 + $1.expected.count }
        try budget.spendPolicyComparisons(1 + stated + stated * expected)
    }

    /// §6.1.2 (d) to (f).
    private init(_ policy: PathPolicy, pathLength: Int) {
        explicitPolicy = policy.explicitPolicy == .required ? 0 : pathLength + 1
        policyMapping = policy.policyMapping == .inhibited ? 0 : pathLength + 1
        inhibitAnyPolicy = policy.anyPolicy == .inhibited ? 0 : pathLength + 1
    }

    private mutating func descend(
        _ candidate: CandidateCertificate, _ constraints: PathConstraints, depth: Int
    ) throws(PathFault) {
        if let policies = constraints.policies, !isEmpty {
            addLevel(policies, mayMatchAny: inhibitAnyPolicy > 0 || (depth > 0 && candidate.isSelfIssued))
        } else {
            isEmpty = true
        }
        guard explicitPolicy > 0 || !isEmpty else { throw .policyMissing(depth: depth) }
        guard depth > 0 else {
            // §6.1.5 (a), (b).
            explicitPolicy = max(0, explicitPolicy - 1)
            if constraints.policyConstraints?.requireExplicitPolicy == 0 { explicitPolicy = 0 }
            return
        }
        if let mappings = constraints.policyMappings { try map(mappings, depth: depth) }
        if !candidate.isSelfIssued {
            explicitPolicy = max(0, explicitPolicy - 1)
            policyMapping = max(0, policyMapping - 1)
            inhibitAnyPolicy = max(0, inhibitAnyPolicy - 1)
        }
        explicitPolicy = min(explicitPolicy, constraints.policyConstraints?.requireExplicitPolicy ?? .max)
        policyMapping = min(policyMapping, constraints.policyConstraints?.inhibitPolicyMapping ?? .max)
        inhibitAnyPolicy = min(inhibitAnyPolicy, constraints.inhibitAnyPolicy ?? .max)
    }

    /// §6.1.3 (d).
    private mutating func addLevel(_ policies: CertificatePolicies, mayMatchAny: Bool) {
        let above = levels[levels.count - 1]
        let anyAbove = above.firstIndex { $0.policy == .anyPolicy }
        var level: [Node] = []
        var positions: [ObjectIdentifier: Int] = [:]
        for policy in policies.identifiers where policy != .anyPolicy {
            var parents = above.indices.filter { above[$0].expected.contains(policy) }
            if parents.isEmpty, let anyAbove { parents = [anyAbove] }
            guard !parents.isEmpty else { continue }
            positions[policy] = level.count
            level.append(Node(policy: policy, expected: [policy], parents: parents))
        }
        if mayMatchAny, policies.identifiers.contains(.anyPolicy) {
            let stated = level.count
            for (parent, node) in above.enumerated() {
                for policy in node.expected.sorted(by: { $0.octets.lexicographicallyPrecedes($1.octets) }) {
                    if let position = positions[policy] {
                        // (d) (2) adds what (d) (1) did not.
                        if position >= stated { level[position].parents.append(parent) }
                    } else {
                        positions[policy] = level.count
                        level.append(Node(policy: policy, expected: [policy], parents: [parent]))
                    }
                }
            }
        }
        levels.append(level)
        isEmpty = level.isEmpty
    }

    /// §6.1.4 (a), (b).
    private mutating func map(_ mappings: PolicyMappings, depth: Int) throws(PathFault) {
        for mapping in mappings.mappings
        where mapping.issuerDomainPolicy == .anyPolicy || mapping.subjectDomainPolicy == .anyPolicy {
            throw .anyPolicyMapped(depth: depth)
        }
        guard !isEmpty else { return }
        var level = levels[levels.count - 1]
        let mapped = Dictionary(grouping: mappings.mappings) { $0.issuerDomainPolicy }
            .mapValues { Set($0.map(\.subjectDomainPolicy)) }
        if policyMapping == 0 {
            level.removeAll { mapped[$0.policy] != nil }
        } else {
            let anyPosition = level.firstIndex { $0.policy == .anyPolicy }
            for (policy, subjects) in mapped.sorted(by: { $0.key.octets.lexicographicallyPrecedes($1.key.octets) }) {
                if let position = level.firstIndex(where: { $0.policy == policy }) {
                    level[position].expected = subjects
                } else if let anyPosition {
                    level.append(Node(policy: policy, expected: subjects, parents: level[anyPosition].parents))
                }
            }
        }
        levels[levels.count - 1] = level
        isEmpty = level.isEmpty
    }

    /// §6.1.5 (g): the path must be valid for one of the policies asked for, where one is required.
    private func finish(_ policy: PathPolicy) throws(PathFault) {
        guard explicitPolicy == 0 else { return }
        guard !isEmpty else { throw .policyMissing(depth: 0) }
        let initial = Set(policy.initialPolicies.compactMap { ObjectIdentifier(dotted: $0) })
        guard !policy.initialPolicies.isEmpty, !initial.contains(.anyPolicy) else { return }
        guard reachesInitial(initial) else { throw .policyNotInitial }
    }

    /// From the leaf's policies up to where each entered the path, below an anyPolicy: the name it has in the anchor's domain.
    private func reachesInitial(_ initial: Set<ObjectIdentifier>) -> Bool {
        var wanted = Set(levels[levels.count - 1].indices)
        for depth in levels.indices.dropFirst().reversed() {
            let above = levels[depth - 1]
            var next: Set<Int> = []
            for position in wanted {
                let node = levels[depth][position]
                // The anchor's domain knows it as anything.
                if node.policy == .anyPolicy, depth == levels.count - 1 { return !initial.isEmpty }
                for parent in node.parents {
                    if above[parent].policy != .anyPolicy {
                        next.insert(parent)
                    } else if initial.contains(node.policy) {
                        return true
                    }
                }
            }
            wanted = next
        }
        return false
    }
}
