import DERTesting
import PKITypes
import RevocationLists
import VerificationCore
import X509

/// Random sets of full, delta, partitioned and indirect lists about one certificate. Neither their order nor repetition
/// changes its status, who is not proven has no say, and a verdict has a list that carries it.
///
/// (`VerificationCoreTests` compare random sets with a plain reading of RFC 5280 §6.3.3; here the sets are explored.)
enum RevocationIndexProperty {
    private static let now = UnixSeconds(1_767_225_600)
    private static let skew: Int64 = 300
    private static let anchor = "anchor"

    static func check(_ input: [UInt8]) throws(BrokenPromise) {
        var feed = ByteFeed(input)
        guard let certificate = RevocationScene.certificate(&feed) else {
            throw BrokenPromise("the scene's certificate is refused")
        }
        var lists: [IndexedList] = []
        for _ in 0..<feed.number(in: 0...6) {
            guard let list = RevocationScene.list(&feed, now: now, anchor: anchor) else {
                throw BrokenPromise("a list of the scene is refused")
            }
            lists.append(list)
        }
        let status = status(lists, certificate)
        let text = RevocationScene.text(status)
        for order in [lists.reversed(), Array(lists.dropFirst(2) + lists.prefix(2)), lists + lists] {
            let other = RevocationScene.text(self.status(order, certificate))
            try promise(other == text, "\(text), and \(other) in another order")
        }
        let proven = self.status(lists.filter(\.isProven), certificate)
        try promise(
            RevocationScene.text(proven, withCause: false) == RevocationScene.text(status, withCause: false),
            "lists that nobody proved change \(proven) to \(status)"
        )
        try checkSupport(of: status, certificate, lists)
        try checkNewRevocation(certificate, lists)
    }

    private static func status(_ lists: [IndexedList], _ certificate: PathCertificate) -> RevocationStatus {
        RevocationIndex(lists: lists).status(of: certificate, under: anchor, now: now, clockSkewSeconds: skew)
    }

    private static func checkSupport(
        of status: RevocationStatus, _ certificate: PathCertificate, _ lists: [IndexedList]
    ) throws(BrokenPromise) {
        switch status {
        case .good(let list), .stale(let list, _), .revoked(_, let list):
            try promise(
                list.isProven && list.support == .supported && list.thisUpdate <= now + skew, "a verdict by an unfit list")
        case .unconfirmed(_, let list): throw BrokenPromise("a record of \(list.source) is not in memory")
        case .unknown(let cause, _):
            try promise(
                cause != .noListForIssuer || !lists.contains { $0.issuer == certificate.issuer }, "\(cause) though there is one")
        }
        if case .revoked(let entry, _) = status {
            try promise(entry.serial == certificate.serial && entry.reason != .removeFromCRL, "revoked by \(entry)")
        }
        let current = RevocationIndex(lists: lists.filter(\.isProven))
        let elsewhere = current.status(of: certificate, under: "another anchor", now: now, clockSkewSeconds: skew)
        try promise(RevocationScene.text(elsewhere) == "unknown no-list", "a status under another anchor")
    }

    /// A new complete list of everything, by a key of its own, that names the certificate: revoked, whatever the others say.
    private static func checkNewRevocation(_ certificate: PathCertificate, _ lists: [IndexedList]) throws(BrokenPromise) {
        guard let list = RevocationScene.completeList(naming: certificate, now: now, anchor: anchor) else {
            throw BrokenPromise("the complete list is refused")
        }
        let status = status(lists + [list], certificate)
        guard case .revoked = status else { throw BrokenPromise("revoked by any source wins, but it is \(status)") }
    }
}
