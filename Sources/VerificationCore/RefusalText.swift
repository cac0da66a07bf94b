import PKITypes

/// The sentence for people that goes with a refusal, in the log and in the answer of `verify`.
package enum RefusalText {
    /// - Parameter path: that the refusal is about.
    package static func detail(_ refusal: Refusal, of path: VerifiedPath?) -> String {
        let certificate = refusal.depth == 0 ? "the leaf" : "the certificate at depth \(refusal.depth)"
        if let cause = refusal.unknown { return "\(certificate)\(issuer(refusal, path)): \(cause)\(about(refusal))" }
        guard let list = refusal.list else { return "\(certificate): \(refusal.reason.rawValue)" }
        if let entry = refusal.revocation {
            return "\(certificate), serial \(entry.serial), is revoked since \(entry.revokedAt.text) "
                + "(\(entry.reason.name)) by \(text(list))"
        }
        return "\(certificate): \(text(list)) was due for replacement at \(list.nextUpdate.text)"
    }

    /// Whose list is missing, or cannot be used.
    private static func issuer(_ refusal: Refusal, _ path: VerifiedPath?) -> String {
        guard let path, path.certificates.indices.contains(refusal.depth) else { return "" }
        return ", issued by \(path.certificates[refusal.depth].issuer.display)"
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
        return "the \(kind)\(number) of \(list.issuer.display) of \(list.thisUpdate.text)"
    }
}
