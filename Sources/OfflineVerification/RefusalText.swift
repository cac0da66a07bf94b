import Foundation
import PKITypes
import VerificationCore

/// The sentence for people that goes with a refusal.
enum RefusalText {
    static func detail(_ refusal: Refusal) -> String {
        let certificate = refusal.depth == 0 ? "the leaf" : "the certificate at depth \(refusal.depth)"
        guard let list = refusal.list else { return "\(certificate): \(withoutList(refusal.reason))" }
        let origin = "the list of \(list.issuer.display) of \(text(list.thisUpdate))"
        if let entry = refusal.revocation {
            return "\(certificate), serial \(entry.serial), is revoked since \(text(entry.revokedAt)) "
                + "(\(entry.reason.name)) by \(origin)"
        }
        return "\(certificate): \(origin) was due for replacement at \(text(list.nextUpdate))"
    }

    private static func withoutList(_ reason: RefusalReason) -> String {
        switch reason {
        case .unrevocable: "its issuer has no list here, and it names no place where its status is published"
        case .revocationUnknown: "no list here speaks of it that is begun, fully understood and proven by an issuer on the path"
        default: reason.rawValue
        }
    }

    private static func text(_ moment: UnixSeconds) -> String {
        Date(timeIntervalSince1970: TimeInterval(moment.rawValue)).formatted(.iso8601)
    }
}
