import PKITypes

/// The lists of all trust anchors, found by who issued the certificate in question.
///
/// The key is (trust-anchor entry, issuer name, serial): another anchor's CA of the same name speaks for nobody else.
package struct RevocationIndex: Sendable {
    private struct IssuerID: Hashable {
        let anchorEntry: String
        let name: DistinguishedName
    }

    private let listsByIssuer: [IssuerID: [IndexedList]]

    package init(lists: [IndexedList]) {
        listsByIssuer = Dictionary(grouping: lists) { IssuerID(anchorEntry: $0.anchorEntry, name: $0.issuer) }
            .mapValues { $0.sorted { $0.isNewer(than: $1) } }
    }

    package var lists: [IndexedList] { listsByIssuer.values.flatMap { $0 } }

    /// Newest first.
    package func lists(of issuer: DistinguishedName, under anchorEntry: String) -> [IndexedList] {
        listsByIssuer[IssuerID(anchorEntry: anchorEntry, name: issuer)] ?? []
    }

    /// The newest proven list decides; a proven list that we cannot apply may hide a revocation, so beside it nothing is good.
    ///
    /// - Parameter clockSkewSeconds: how far thisUpdate may lie in the future.
    package func status(
        of certificate: PathCertificate,
        under anchorEntry: String,
        now: UnixSeconds,
        clockSkewSeconds: Int64
    ) -> RevocationStatus {
        let candidates = lists(of: certificate.issuer, under: anchorEntry)
        guard !candidates.isEmpty else { return .unknown(.noListForIssuer) }
        var cause = RevocationStatus.Cause.listNotProven
        var newest: IndexedList?
        var someUnsupported = false
        for list in candidates where list.isProven {
            if list.thisUpdate > now + clockSkewSeconds {
                cause = .listNotYetValid
            } else if list.support != .supported {
                someUnsupported = true
            } else if newest == nil {
                newest = list
            }
        }
        guard let newest else { return .unknown(someUnsupported ? .listUnsupported : cause) }
        if let entry = newest.entry(for: certificate.serial) { return .revoked(entry, newest) }
        if someUnsupported { return .unknown(.listUnsupported) }
        if newest.nextUpdate < now { return .stale(newest, bySeconds: now - newest.nextUpdate) }
        return .good(newest)
    }
}
