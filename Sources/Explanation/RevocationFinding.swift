import PKITypes
import RevocationLists
import VerificationCore

/// What the lists say of one certificate of the path.
package struct RevocationFinding: Sendable {
    /// What the decision made of the status.
    package enum Effect: String, Sendable {
        case passes
        /// The refusal is about this certificate.
        case refuses
        /// Stale or unknown, and the trust anchor's configuration lets that pass.
        case allowed
        /// Another certificate was refused first.
        case outranked
    }

    package let depth: Int
    package let certificate: PathCertificate
    package let status: RevocationStatus
    package let effect: Effect

    /// Asks the index as the decision does.
    ///
    /// A path has a handful of certificates, each in a handful of lists: more records than ``maximumFetches`` are not needed.
    static func all(_ decided: JudgedPath.Decided, _ request: ExplanationRequest) -> [RevocationFinding] {
        let snapshot = request.listener.snapshot
        return decided.path.certificates.enumerated().map { depth, certificate in
            let status = settled { () -> RevocationStatus in
                snapshot.revocation.status(
                    of: certificate, under: decided.path.anchorEntry, now: request.moment,
                    clockSkewSeconds: snapshot.clockSkewSeconds
                )
            }
            return RevocationFinding(
                depth: depth, certificate: certificate, status: status, effect: effect(of: status, depth, decided.verdict))
        }
    }

    static let maximumFetches = 32

    /// The status with the records at hand that the decision did not need: it ends at the first refusal.
    private static func settled(_ status: () -> RevocationStatus) -> RevocationStatus {
        for _ in 0..<maximumFetches {
            guard case .unconfirmed(let record, _) = status() else { break }
            record.fetch()
        }
        return status()
    }

    private static func effect(of status: RevocationStatus, _ depth: Int, _ verdict: Verdict) -> Effect {
        if case .good = status { return .passes }
        switch verdict {
        case .permit: return .allowed
        case .pending: return .outranked
        case .refuse(let refusal):
            guard DecisionStep(refusal.reason) == .revocation else { return .allowed }
            return refusal.depth == depth ? .refuses : .outranked
        }
    }

    /// The list that the status comes from, or that it is about.
    package var list: IndexedList? {
        switch status {
        case .good(let list), .stale(let list, _), .revoked(_, let list), .unconfirmed(_, let list): list
        case .unknown(_, let list): list
        }
    }

    /// One word.
    package var word: String {
        switch status {
        case .good: "good"
        case .stale: "stale"
        case .revoked: "revoked"
        case .unconfirmed: "unconfirmed"
        case .unknown: "unknown"
        }
    }
}
