import PKITypes
import Synchronization

/// The lists of all trust anchors, found by who issued the certificate in question or is named by it as the lists' issuer.
///
/// The key is (trust-anchor entry, issuer name, list scope): another anchor's CA of the same name speaks for nobody else.
package struct RevocationIndex: Sendable {
    private struct IssuerID: Hashable {
        let anchorEntry: String
        let name: DistinguishedName

        /// Two anchors seldom have a CA of one name: to compare their entries then costs less than to hash them each time.
        func hash(into hasher: inout Hasher) { hasher.combine(name) }
    }

    package let lists: [IndexedList]
    private let lineagesByIssuer: [IssuerID: [ListLineage]]
    private let proofs: ProofState

    /// - Parameter proversTried: as ``proversTried``.
    package init(lists: [IndexedList], proversTried: Int = 0) {
        self.lists = lists
        proofs = ProofState(proversTried: proversTried)
        lineagesByIssuer = Dictionary(grouping: lists) { IssuerID(anchorEntry: $0.anchorEntry, name: $0.issuer) }
            .mapValues(ListLineage.all)
    }

    /// How many issuers that devices brought the lists were held against, of all in the order in which they came.
    package var proversTried: Int {
        get { proofs.proversTried.load(ordering: .acquiring) }
        nonmutating set { proofs.proversTried.max(newValue, ordering: .releasing) }
    }

    /// Those that `issuer` signed, in no order.
    package func lists(of issuer: DistinguishedName, under anchorEntry: String) -> [IndexedList] {
        lineages(of: issuer, under: anchorEntry).flatMap(\.lists)
    }

    /// Those of them that no signer has proven yet.
    func parkedLists(of issuer: DistinguishedName, under anchorEntry: String) -> [IndexedList] {
        lists(of: issuer, under: anchorEntry).filter { !$0.isProven }
    }

    /// Whether a list that could speak of one of these certificates waits for its signer. On the path of every decision: a list
    /// of a CA whose devices never come waits for good, and must cost the others no allocation.
    func hasParkedLists(for certificates: [PathCertificate], under anchorEntry: String) -> Bool {
        // Proven is proven for good.
        if proofs.areComplete { return false }
        if lists.allSatisfy({ $0.isProven }) {
            proofs.areComplete = true
            return false
        }
        return certificates.contains { certificate in
            hasParkedList(of: certificate.issuer, under: anchorEntry)
                || certificate.distributionPoints.contains { point in
                    point.crlIssuers.contains { hasParkedList(of: $0, under: anchorEntry) }
                }
        }
    }

    private func hasParkedList(of issuer: DistinguishedName, under anchorEntry: String) -> Bool {
        lineages(of: issuer, under: anchorEntry).contains { $0.lists.contains { !$0.isProven } }
    }

    /// What the proven lists say: RFC 5280 §6.3.3, with every list at hand considered and revoked by any of them the answer.
    ///
    /// - Parameter clockSkewSeconds: how far thisUpdate may lie in the future.
    package func status(
        of certificate: PathCertificate,
        under anchorEntry: String,
        now: UnixSeconds,
        clockSkewSeconds: Int64
    ) -> RevocationStatus {
        // What nearly every hospital has: one complete list of the issuer, for all of its certificates, and perhaps deltas to it.
        if !certificate.namesListIssuers {
            switch short(of: certificate.issuer, under: anchorEntry) {
            case .list(let list) where list.isProven && list.thisUpdate <= now + clockSkewSeconds:
                return list.status(of: certificate.serial, now: now)
            case .chain(let chain) where chain.speaks(at: now + clockSkewSeconds):
                return chain.status(of: certificate.serial, now: now)
            case .list, .chain, nil: break
            }
        }
        return status(of: certificate, under: anchorEntry, now: now, clockSkewSeconds: clockSkewSeconds, assuming: .none)
    }

    func status(
        of certificate: PathCertificate,
        under anchorEntry: String,
        now: UnixSeconds,
        clockSkewSeconds: Int64,
        assuming assumed: AssumedProofs
    ) -> RevocationStatus {
        let question = ListLineage.Question(
            certificateIssuer: certificate.issuer,
            serial: certificate.serial,
            latestBeginning: now + clockSkewSeconds,
            now: now,
            assumed: assumed
        )
        var tally = StatusTally(now: now)
        consult(lineages(of: certificate.issuer, under: anchorEntry), certificate, question, &tally)
        for point in certificate.distributionPoints {
            for issuer in point.crlIssuers where issuer != certificate.issuer {
                consult(lineages(of: issuer, under: anchorEntry), certificate, question, &tally)
            }
        }
        return tally.status
    }

    /// What alone answers for the issuer's certificates, whatever their kind and distribution points.
    private func short(of issuer: DistinguishedName, under anchorEntry: String) -> ListLineage.Short? {
        guard let place = lineagesByIssuer.index(forKey: IssuerID(anchorEntry: anchorEntry, name: issuer)),
            lineagesByIssuer.values[place].count == 1
        else { return nil }
        return lineagesByIssuer.values[place][0].short
    }

    private func lineages(of issuer: DistinguishedName, under anchorEntry: String) -> [ListLineage] {
        lineagesByIssuer[IssuerID(anchorEntry: anchorEntry, name: issuer)] ?? []
    }

    private func consult(
        _ lineages: [ListLineage], _ certificate: PathCertificate, _ question: ListLineage.Question, _ tally: inout StatusTally
    ) {
        for lineage in lineages {
            let reasons = lineage.reasonsCovered(of: certificate)
            if reasons.isEmpty {
                tally.note(.wrongScope, lineage.lists[0])
            } else {
                lineage.askEachKey(question) { tally.add(lineage.answer($0), covering: reasons) }
            }
        }
    }
}

/// Whether all lists of an index are proven, as far as anybody has found.
private final class ProofState: Sendable {
    private let complete = Atomic(false)
    let proversTried: Atomic<Int>

    init(proversTried: Int) { self.proversTried = Atomic(proversTried) }

    var areComplete: Bool {
        get { complete.load(ordering: .relaxed) }
        set { complete.store(newValue, ordering: .relaxed) }
    }
}
