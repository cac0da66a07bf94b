import Configuration
import PKITypes
import VerificationCore

/// Which policy matched, which did not before it, and how its requirements fared.
package struct PolicyFinding: Sendable {
    /// A policy whose `when` does not match.
    package struct Passed: Hashable, Sendable {
        package let name: String
        package let why: String
    }

    package struct Requirement: Hashable, Sendable {
        package enum Result: String, Sendable {
            case met, unmet
            /// One before it was not met.
            case notAsked = "not-asked"
        }

        /// The key of the configuration.
        package let key: String
        package let text: String
        package let result: Result
    }

    package struct Match: Sendable {
        package let name: String
        /// Nil matches every identity.
        package let pattern: String?
        package let requirements: [Requirement]
        package let unmet: RefusalReason?
    }

    /// Policies that are told by name although they did not match: more than fit on a screen tell nobody anything.
    package static let maximumPassed = 12

    /// The first of them.
    package let passed: [Passed]
    package let passedCount: Int
    package let match: Match?

    init(_ identity: DeviceIdentity, _ path: VerifiedPath, _ request: ExplanationRequest) {
        let snapshot = request.listener.snapshot
        let matching = snapshot.policy(for: identity, on: request.listener.name)
        // Names of policies are unique.
        let before = snapshot.policies.prefix { $0.name != matching?.name }
        passedCount = before.count
        passed = before.prefix(Self.maximumPassed).map { Passed(name: $0.name, why: Self.limit(of: $0, request.listener.name)) }
        match = matching.map { Match($0, path, request) }
    }

    /// What a policy that did not match is for instead.
    private static func limit(of policy: AccessPolicy, _ listener: String) -> String {
        guard policy.listeners.isEmpty || policy.listeners.contains(listener) else {
            return "is for listeners \(policy.listeners.sorted().joined(separator: ", "))"
        }
        return "is for \(policy.identity?.text ?? "every identity")"
    }
}

extension PolicyFinding.Match {
    /// What holds is what the decision's own function says: it tells the first requirement that does not.
    fileprivate init(_ policy: AccessPolicy, _ path: VerifiedPath, _ request: ExplanationRequest) {
        let (facts, ageSeconds) = (request.facts, path.certificateAgeSeconds(at: request.moment))
        let device = KnownDevice(of: path, in: request.listener.snapshot)
        var end = path.validity.notAfter
        name = policy.name
        pattern = policy.identity?.text
        let unmet =
            policy.unmetRequirement(facts, certificateAgeSeconds: ageSeconds)
            ?? policy.unmetRequirement(device, at: request.moment, until: &end)
        self.unmet = unmet
        var stated: [(key: String, text: String, reason: RefusalReason)] = []
        if !policy.networks.isEmpty {
            let networks = policy.networks.map(\.text).joined(separator: ", ")
            let source = facts.source.map { "the device comes from \($0.text)" } ?? "where it comes from was not said (--from)"
            stated.append(("networks", "\(networks); \(source)", .networkNotAllowed))
        }
        if let minimum = policy.minimumTLSVersion {
            stated.append(("min_tls", "\(minimum.rawValue); the device speaks \(facts.tlsVersion.rawValue)", .tlsTooOld))
        }
        if let maximum = policy.maximumCertificateAgeSeconds {
            let age = "at most \(DurationText.text(maximum)); the certificate is \(DurationText.text(ageSeconds)) old"
            stated.append(("max_certificate_age", age, .certificateTooOld))
        }
        if let hours = policy.hours {
            stated.append(("between", "\(hours.hours.text); it is \(request.moment.text)", .outsideTimeWindow))
        }
        if !policy.posture.isEmpty {
            let wanted = policy.posture.map { item in
                "\(item.attribute) \(item.text) (it is \(device.posture?[item.attribute] ?? "not known"))"
            }
            stated.append(("posture", wanted.joined(separator: ", "), .postureNotMet))
        }
        let failed = stated.firstIndex { $0.reason == unmet } ?? stated.endIndex
        requirements = stated.enumerated().map { position, item in
            let result: PolicyFinding.Requirement.Result = position < failed ? .met : position == failed ? .unmet : .notAsked
            return .init(key: item.key, text: item.text, result: result)
        }
    }
}
