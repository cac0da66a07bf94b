import PKITypes
import PathValidation
import RevocationLists
import VerificationCore

extension RevocationFinding {
    /// The status and what it does, for people.
    package var sentence: String {
        switch status {
        case .good: return "good: not on the list"
        case .revoked(let entry, _): return "revoked since \(entry.revokedAt.text), reason \(entry.reason.name)"
        case .stale(_, let seconds):
            return "stale: the list is \(DurationText.text(seconds)) (\(seconds) s) past its nextUpdate\(verdict)"
        case .unconfirmed: return "not known: \(RevocationStatus.Cause.recordUnread)"
        case .unknown(let cause, _):
            let source = certificate.namesRevocationSource ? "" : "; it names no place where its status is published"
            return "unknown (\(cause.code)): \(cause)\(source)\(verdict)"
        }
    }

    private var verdict: String {
        switch effect {
        case .allowed: "; the configuration lets that pass"
        case .passes, .refuses, .outranked: ""
        }
    }
}

extension IndexedList {
    /// Which list it is, for people.
    var title: String {
        let number = number.map { " number \($0)" } ?? " without a number"
        let limits = scope == nil ? "" : ", limited to a part of its issuer's certificates"
        let base = deltaBase.map { "delta list\(number) on base \($0)" } ?? "list\(number)"
        return "\(base) of \(issuer.shown)\(limits)\(isProven ? "" : ", its signature not proven")"
    }
}

extension PathAttempt {
    /// What was tried, and why it did not do, for people.
    package var text: String {
        switch kind {
        case .deadEnd(let culprit):
            let who = culprit.map { "\($0.subject.shown), serial \($0.serial), \($0.origin.text): " } ?? ""
            return "dead end: \(who)\(detail) (\(reason.rawValue))"
        case .path(let certificates, let entry):
            return "path to \(entry) by \(Self.middle(certificates)): \(detail) (\(reason.rawValue))"
        case .disagreement(let certificates):
            return "path by \(Self.middle(certificates)): \(detail) (\(reason.rawValue))"
        }
    }

    /// What tells one path from another: everything above the leaf.
    private static func middle(_ certificates: [CertificateFact]) -> String {
        let above = certificates.dropFirst()
        return above.isEmpty ? "the leaf alone" : above.map { "\($0.subject.shown) (\($0.serial))" }.joined(separator: " < ")
    }
}

extension CandidateCertificate.Origin {
    var text: String {
        switch self {
        case .presented: "presented"
        case .intermediate: "a configured intermediate"
        case .anchor: "a trust anchor"
        }
    }
}
