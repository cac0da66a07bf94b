import PKITypes
import PathValidation
import X509

/// Finds certificates that may have signed the lists of a CRL issuer that is not on a device's path (RFC 5280 §6.3.3 (f)): a
/// CA's key for lists alone, the key of before or after a roll-over, or the issuer of indirect lists.
package protocol ListSignerSource {
    associatedtype Presented

    /// Paths to `anchorEntry`, valid at `now` for any purpose, of the certificates at hand whose subject is `name`: those
    /// presented beside the leaf, the configured ones, the anchors.
    ///
    /// - Parameters:
    ///   - work: what all searches of one judgement may cost; that they were cut short is noted there.
    ///   - haveSigned: asked before a path is searched, so that namesakes cost no search.
    func signers(
        named name: DistinguishedName, under anchorEntry: String, beside presented: Presented, at now: UnixSeconds,
        _ work: inout ListSignerWork, that haveSigned: (Certificate) -> Bool
    ) -> [ValidatedPath]
}

/// A certificate that may sign lists, with what revocation has to say of on its own path.
package struct ListSigner: Sendable {
    /// Whether the decision that follows judges the signer's own status anyhow.
    enum Standing { case ofItsOwn, onThePath }

    package let certificate: Certificate
    /// Below the anchor, the signer first; empty for an anchor.
    package let path: [PathCertificate]
    let standing: Standing

    /// Nil when a certificate of the path cannot be read, or the first may not sign lists.
    package init?(_ path: ValidatedPath) { self.init(path.certificates[...], .ofItsOwn) }

    /// A trust anchor, which needs no path. Nil as above.
    package init?(anchor: [UInt8]) {
        guard let anchor = try? Certificate(der: anchor) else { return nil }
        self.init([anchor], .onThePath)
    }

    init?(_ certificates: ArraySlice<Certificate>, _ standing: Standing) {
        guard let first = certificates.first, Self.maySignLists(first, standing) else { return nil }
        certificate = first
        path = certificates.dropLast().compactMap { try? PathCertificate($0) }
        self.standing = standing
        guard path.count == certificates.count - 1 else { return nil }
    }

    /// §6.3.3 (f). Who is neither a CA nor on the path must say that it signs lists (§4.2.1.3: whoever does has keyUsage): a
    /// device's certificate without keyUsage signs none.
    private static func maySignLists(_ certificate: Certificate, _ standing: Standing) -> Bool {
        if let usage = certificate.extensions.keyUsage { return usage.contains(.cRLSign) }
        if standing == .onThePath { return true }
        return certificate.extensions.basicConstraints?.isCA ?? (certificate.version < .v3)
    }
}

/// Lists that waited for their issuer's certificate are checked now that a validated path brings it, before the connection is
/// decided. Those of issuers that are not on the path are proven by signers with a path of their own to the same anchor entry.
func proveParkedLists<Engine: ListSignatureChecker & ListSignerSource>(
    on validated: ValidatedPath,
    _ path: VerifiedPath,
    _ presented: Engine.Presented,
    _ signatures: ListSignatures<Engine>,
    _ work: inout ListSignerWork,
    _ snapshot: VerificationSnapshot,
    now: UnixSeconds
) -> ListProof.Outcome {
    guard snapshot.revocation.hasParkedLists(for: path.certificates, under: path.anchorEntry),
        let anchor = snapshot.anchor(named: path.anchorEntry)
    else { return ListProof.Outcome() }
    var search = SignerSearch(validated, index: snapshot.revocation)
    search.run(from: path.certificates, signatures) { name, lists in
        signatures.checker.signers(named: name, under: anchor.name, beside: presented, at: now, &work) { signer in
            lists.contains { signatures.isSigned($0, by: signer) }
        }
    }
    let proof = ListProof(
        index: snapshot.revocation, anchorEntry: anchor.name, policy: anchor.revocation, now: now,
        clockSkewSeconds: snapshot.clockSkewSeconds, waiting: .never
    )
    return proof.prove(search.parked, by: search.signers, signatures)
}

/// Which parked lists could speak of some certificates, or of the signers of such lists, and who could have signed them.
private struct SignerSearch {
    private let anchorEntry: String
    private let index: RevocationIndex
    private(set) var parked: [IndexedList] = []
    private(set) var signers: [ListSigner]
    private var asked: Set<DistinguishedName> = []

    /// CRL issuers that are followed from one path. A CA with an issuer of indirect lists, itself under such a CA, takes four.
    private static let maximumIssuers = 16
    /// Signers of one name. A roll-over has two, and may cross-sign both.
    private static let maximumSignersOfOneName = 8

    /// The issuers on the path are at hand already.
    init(_ path: ValidatedPath, index: RevocationIndex) {
        anchorEntry = path.anchorEntry
        self.index = index
        signers = path.certificates.indices.dropFirst().compactMap { ListSigner(path.certificates[$0...], .onThePath) }
    }

    mutating func run(
        from certificates: [PathCertificate], _ signatures: ListSignatures<some ListSignatureChecker>,
        signers ofLists: (DistinguishedName, [IndexedList]) -> [ValidatedPath]
    ) {
        var waiting = certificates[...]
        while let certificate = waiting.popFirst() {
            for name in [certificate.issuer] + certificate.distributionPoints.flatMap(\.crlIssuers) where !asked.contains(name) {
                let lists = index.parkedLists(of: name, under: anchorEntry)
                guard !lists.isEmpty, asked.count < Self.maximumIssuers else { continue }
                asked.insert(name)
                parked += lists
                let atHand = signers.filter { $0.certificate.subject == name }
                let unsigned = lists.filter { list in
                    !atHand.contains { signatures.isSigned(list, by: $0.certificate) }
                }
                guard !unsigned.isEmpty else { continue }
                let paths = ofLists(name, unsigned).filter { $0.anchorEntry == anchorEntry }
                let found = paths.prefix(Self.maximumSignersOfOneName).compactMap { ListSigner($0) }
                signers += found
                waiting += found.flatMap(\.path)
            }
        }
    }
}

/// Proves parked lists by signers that are themselves not revoked.
package struct ListProof {
    /// Whether a record that stands between a signer and belief is read from the disk.
    package enum Waiting: Sendable { case never, forTheDisk }

    package struct Outcome {
        package var provers: [ListProver] = []
        /// Kept a signer from being believed for now.
        var unconfirmed: UnconfirmedRecord?
    }

    /// Records that are read for the status of one certificate: no more lists than that speak of one.
    private static let maximumFetches = 64

    private let index: RevocationIndex
    private let anchorEntry: String
    private let policy: RevocationPolicy
    private let now: UnixSeconds
    private let clockSkewSeconds: Int64
    private let waiting: Waiting

    /// - Parameter policy: what a signer may be whose own status is unknown or stale.
    package init(
        index: RevocationIndex, anchorEntry: String, policy: RevocationPolicy, now: UnixSeconds, clockSkewSeconds: Int64,
        waiting: Waiting
    ) {
        self.index = index
        self.anchorEntry = anchorEntry
        self.policy = policy
        self.now = now
        self.clockSkewSeconds = clockSkewSeconds
        self.waiting = waiting
    }

    /// Marks every list proven that a believable signer signed.
    ///
    /// A signer's own status may stand in a list that waits, too, even in its own (a CA with a separate key for lists revokes
    /// that key there). So all lists with a true signature are assumed proven, and those whose signer is then revoked or
    /// unknown are taken out, until none is: the largest set of lists that do not speak against each other.
    package func prove(
        _ parked: [IndexedList], by signers: [ListSigner], _ checker: some ListSignatureChecker
    ) -> Outcome {
        prove(parked, by: signers, ListSignatures(checker, within: .max))
    }

    func prove(
        _ parked: [IndexedList], by signers: [ListSigner], _ signatures: ListSignatures<some ListSignatureChecker>
    ) -> Outcome {
        var outcome = Outcome()
        let able = parked.map { list in
            signers.indices.filter {
                signers[$0].certificate.subject == list.issuer && signatures.isSigned(list, by: signers[$0].certificate)
            }
        }
        var believed = Set(able.flatMap(\.self))
        // Of each list, the first signer that is believed.
        var proofs: [(list: IndexedList, key: ListKey, signer: ListSigner)] = []
        while true {
            proofs = zip(parked, able).compactMap { list, able in
                able.first(where: believed.contains).map { (list, ListKey(signers[$0].certificate), signers[$0]) }
            }
            let assumed = AssumedProofs(proofs.map { ($0.list, $0.key) })
            let left = believed.filter { isBelievable(signers[$0], assumed, &outcome.unconfirmed) }
            if left.count == believed.count { break }
            believed = left
        }
        for proof in proofs { proof.list.markProven(by: proof.key) }
        let provers = Set(proofs.map { ListProver(anchorEntry: anchorEntry, certificate: $0.signer.certificate.bytes) })
        outcome.provers = Array(provers)
        return outcome
    }

    private func isBelievable(
        _ signer: ListSigner, _ assumed: AssumedProofs, _ unconfirmed: inout UnconfirmedRecord?
    ) -> Bool {
        signer.path.allSatisfy { certificate in
            switch status(of: certificate, assumed) {
            case .good: return true
            case .unconfirmed(let record, _):
                unconfirmed = record
                return false
            case .revoked: return false
            case .stale(_, let seconds):
                return signer.standing == .onThePath || policy.stale.allows(staleBySeconds: seconds, .admission)
            case .unknown: return signer.standing == .onThePath || policy.unknownStatus == .admit
            }
        }
    }

    private func status(of certificate: PathCertificate, _ assumed: AssumedProofs) -> RevocationStatus {
        var fetches = 0
        while true {
            let status = index.status(
                of: certificate, under: anchorEntry, now: now, clockSkewSeconds: clockSkewSeconds, assuming: assumed
            )
            guard case .unconfirmed(let record, _) = status, waiting == .forTheDisk, fetches < Self.maximumFetches else {
                return status
            }
            record.fetch()
            fetches += 1
        }
    }
}
