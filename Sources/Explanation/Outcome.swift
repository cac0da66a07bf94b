import PKITypes
import VerificationCore

/// How it would end for the device, and what to do about it.
package struct Outcome: Hashable, Sendable {
    package enum Decision: String, Sendable { case admitted, refused }

    package let decision: Decision
    /// The one word of logs and metrics.
    package let reason: String
    package let detail: String
    /// The step that refused.
    package let step: DecisionStep?
    /// Of the certificate that the refusal is about.
    package let depth: Int?
    package let alert: AlertFact?
    package let permanence: Permanence?
    package let fault: Fault?
    package let warnings: [String]
    package let next: String

    init(_ permit: Permit) {
        decision = .admitted
        reason = permit.observed == nil ? "admitted" : "admitted-observed"
        let observed = permit.observed.map { "; the listener only reports what would be refused as \($0.rawValue)" } ?? ""
        detail = "\(permit.identity), by \(permit.policy.isEmpty ? "no policy" : "policy \(permit.policy)")\(observed)"
        (step, depth, alert, permanence, fault) = (nil, nil, nil, nil, nil)
        let known: [(Permit.Warnings, String, String)] = [
            (.certificateAging, "certificate-aging", "renew the certificate soon: the policy warns of its age"),
            (
                .certificateLongLived, "certificate-long-lived",
                "have its CA issue shorter certificates: the trust anchor warns of its lifetime"
            ),
            (.staleList, "stale-list", "put the CA's new list in place: a list past its nextUpdate was used within its grace"),
            (.unknownStatus, "unknown-status", "add the missing list: a status is unknown, and the configuration admits that"),
        ]
        let present = known.filter { permit.warnings.contains($0.0) }
        warnings = present.map(\.1)
        let advice = present.map(\.2) + (permit.observed.map { [$0.advice] } ?? [])
        next = advice.isEmpty ? "nothing" : advice.joined(separator: "; ")
    }

    init(_ reason: RefusalReason, at step: DecisionStep, depth: Int?, detail: String) {
        decision = .refused
        self.reason = reason.rawValue
        self.detail = detail
        self.step = step
        self.depth = depth
        alert = AlertFact(reason.alert)
        permanence = reason.permanence
        fault = reason.fault
        warnings = []
        next = reason.advice
    }

    init(_ obstacle: HandshakeObstacle) {
        decision = .refused
        reason = RefusalReason.handshakeFailed.rawValue
        detail = obstacle.description
        step = .handshake
        depth = nil
        alert = obstacle.alert
        permanence = RefusalReason.handshakeFailed.permanence
        fault = RefusalReason.handshakeFailed.fault
        warnings = []
        next = obstacle.advice
    }
}

extension Permanence {
    package var word: String {
        switch self {
        case .permanent: "permanent"
        case .temporary: "temporary"
        }
    }
}
