import Foundation
import PKITypes
import VerificationCore

/// The sentence for people that goes with a refusal.
enum RefusalText {
    static func detail(_ refusal: Refusal) -> String {
        let certificate = refusal.depth == 0 ? "the leaf" : "the certificate at depth \(refusal.depth)"
        if let cause = refusal.unknown { return "\(certificate): \(text(cause, refusal))" }
        guard let list = refusal.list else { return "\(certificate): \(refusal.reason.rawValue)" }
        if let entry = refusal.revocation {
            return "\(certificate), serial \(entry.serial), is revoked since \(text(entry.revokedAt)) "
                + "(\(entry.reason.name)) by \(text(list))"
        }
        return "\(certificate): \(text(list)) was due for replacement at \(text(list.nextUpdate))"
    }

    /// Why nothing is known of a certificate.
    private static func text(_ cause: RevocationStatus.Cause, _ refusal: Refusal) -> String {
        let list = refusal.list.map(text) ?? "a list"
        switch cause {
        case .noListForIssuer:
            return refusal.reason == .unrevocable
                ? "its issuer has no list here, and it names no place where its status is published"
                : "its issuer has no list here"
        case .wrongScope: return "\(list) is not about it, nor is any other: other distribution points, holders or issuers"
        case .listNotProven: return "\(list) is not signed by a key that is known to be its issuer's"
        case .listNotYetValid: return "\(list) has not begun"
        case .deltaWithoutBase: return "\(list) changes a list that is not here"
        case .reasonsIncomplete: return "the lists here speak of some reasons for revocation only"
        case .listUnsupported:
            guard case .unsupported(let why)? = refusal.list?.support else { return "\(list) must not be used" }
            return "\(list) must not be used: it is \(why)"
        }
    }

    private static func text(_ list: IndexedList) -> String {
        let number = list.number.map { " number \($0)" } ?? ""
        let kind = list.deltaBase == nil ? "list" : "delta list"
        return "the \(kind)\(number) of \(list.issuer.display) of \(text(list.thisUpdate))"
    }

    private static func text(_ moment: UnixSeconds) -> String {
        Date(timeIntervalSince1970: TimeInterval(moment.rawValue)).formatted(.iso8601)
    }
}
