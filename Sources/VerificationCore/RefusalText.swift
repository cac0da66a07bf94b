import Foundation
import PKITypes
import VerificationCore

/// The sentence for people that goes with a refusal.
enum RefusalText {
    static func detail(_ refusal: Refusal) -> String {
        let certificate = refusal.depth == 0 ? "the leaf" : "the certificate at depth \(refusal.depth)"
        if let cause = refusal.unknown { return "\(certificate): \(cause)\(about(refusal))" }
        guard let list = refusal.list else { return "\(certificate): \(refusal.reason.rawValue)" }
        if let entry = refusal.revocation {
            return "\(certificate), serial \(entry.serial), is revoked since \(text(entry.revokedAt)) "
                + "(\(entry.reason.name)) by \(text(list))"
        }
        return "\(certificate): \(text(list)) was due for replacement at \(text(list.nextUpdate))"
    }

    /// The list that a cause is about, and why it must not be used.
    private static func about(_ refusal: Refusal) -> String {
        if refusal.reason == .unrevocable { return ", and it names no place where its status is published" }
        guard let list = refusal.list else { return "" }
        guard case .unsupported(let why) = list.support else { return " (\(text(list)))" }
        return " (\(text(list)), \(why))"
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
