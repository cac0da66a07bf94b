import COpenSSL
import PKITypes
import PathValidation
import VerificationCore
import X509

/// Certification paths for one set of trust anchors: `PathValidation` finds them, OpenSSL checks the signatures and gives a
/// second opinion on each; both must say yes. Never about revocation, which is decided elsewhere.
// SAFETY: everything but the locked memory of authorities is built in `init` and only read after; every search has state of its
// own.
package final class OpenSSLPathEngine: PathValidator, ListSignatureChecker, @unchecked Sendable {
    /// 112 bits: RSA and DH of 2048 bits, EC of 224, no SHA-1 signature below the anchor (RFC 9325 §4.5).
    package static let securityLevel: Int32 = 2

    /// Paths of one leaf that OpenSSL may refuse before the search ends: as many as are decided, for a hostile chain may hold
    /// one certificate that only OpenSSL refuses in hundreds of paths.
    private static let maximumDisagreements = 16

    private struct Anchor {
        let entry: String
        let fingerprint: Fingerprint
        let certificate: OpenSSLCertificate
    }

    /// Of its settings.
    package let trustSet: Fingerprint
    let library: CryptoLibrary?
    private let anchors: [Anchor]
    private let intermediates: [OpenSSLCertificate]
    private let pool: CertificatePool
    /// The configured certificates that may have signed a list.
    let configured: [(handle: OpaquePointer, certificate: Certificate)]
    /// Each under the policy that its paths are searched with.
    private let secondOpinion: SecondOpinion
    private let signerOpinion: SecondOpinion
    private let authorities = AuthorityMemory()

    /// As ``init(_:library:)``.
    package convenience init?(
        trust: [Anchors], intermediates: [[UInt8]], policy: PathPolicy, library: CryptoLibrary? = nil
    ) {
        self.init(Settings(trust: trust, intermediates: intermediates, policy: policy), library: library)
    }

    /// - Returns: nil when a trusted certificate cannot be decoded; undecodable intermediates are left out.
    package init?(_ settings: Settings, library: CryptoLibrary? = nil) {
        let policy = settings.policy
        var anchors: [Anchor] = []
        var anchorCertificates: [Certificate] = []
        for entry in settings.trust {
            for der in entry.certificates {
                guard let certificate = OpenSSLCertificate(der: der, library: library), let decoded = try? Certificate(der: der)
                else { return nil }
                anchors.append(Anchor(entry: entry.entry, fingerprint: sha256Fingerprint(der), certificate: certificate))
                anchorCertificates.append(decoded)
            }
        }
        let readable = settings.intermediates.compactMap { der in
            OpenSSLCertificate(der: der, library: library).flatMap { handle in (try? Certificate(der: der)).map { (handle, $0) } }
        }
        trustSet = settings.trustSet
        self.anchors = anchors
        self.intermediates = readable.map(\.0)
        self.library = library
        configured =
            zip(anchors.map(\.certificate.pointer), anchorCertificates).map { ($0, $1) } + readable.map { ($0.pointer, $1) }
        pool = CertificatePool(anchors: anchorCertificates, intermediates: readable.map(\.1))
        secondOpinion = SecondOpinion(policy: policy, library: library)
        signerOpinion = SecondOpinion(
            policy: PathPolicy(
                purpose: .any, maximumDepth: policy.maximumDepth, algorithms: policy.algorithms,
                issuerProfile: policy.issuerProfile
            ),
            library: library
        )
    }

    /// The names of the anchors, for CertificateRequest.
    package var anchorCertificates: [OpenSSLCertificate] { anchors.map(\.certificate) }

    package func offerPaths(
        of presented: PresentedCertificates, at now: UnixSeconds, to consider: (ValidatedPath) -> PathChoice
    ) throws(PathFailure) -> SearchRecord {
        var budget = WorkBudget()
        return try offerPaths(of: presented.leaf, beside: presented, secondOpinion, &budget, at: now, to: consider)
    }

    var signerAlgorithms: AlgorithmPolicy { signerOpinion.policy.algorithms }

    /// The path of a list's signer, for any purpose and under any policy, that ends in the anchor entry whose certificates the
    /// list speaks of (RFC 5280 §6.3.3 (f)): a cross-signed one has others.
    func signerPath(
        of signer: OpaquePointer, under anchorEntry: String, beside presented: PresentedCertificates, at now: UnixSeconds,
        _ work: inout ListSignerWork
    ) -> ValidatedPath? {
        var found: ValidatedPath?
        var count = 0
        do throws(PathFailure) {
            let record = try offerPaths(of: signer, beside: presented, signerOpinion, &work.searches, at: now) { path in
                count += 1
                if path.anchorEntry == anchorEntry { found = path }
                return found != nil || count == Self.maximumPathsOfOneSigner ? .take : .seekAnother
            }
            work.disagreements += record.disagreements
        } catch {
            if error.reason == .workLimit { work.isExhausted = true }
            work.disagreements += error.disagreements
        }
        return found
    }

    /// More than any cross-signing offers, and an end to the second opinions that a signer can cost.
    private static let maximumPathsOfOneSigner = 16

    private func offerPaths(
        of leafHandle: OpaquePointer, beside presented: PresentedCertificates, _ secondOpinion: SecondOpinion,
        _ budget: inout WorkBudget, at now: UnixSeconds, to consider: (ValidatedPath) -> PathChoice
    ) throws(PathFailure) -> SearchRecord {
        OpenSSLErrorQueue.clear()
        defer { OpenSSLErrorQueue.clear() }
        let leaf: Certificate
        do { leaf = try Certificate(der: derBytes(of: leafHandle)) } catch {
            throw PathFailure(PathFault.unreadable(error, depth: 0))
        }
        let others = readable(presented)
        let known = others.map { authorities.certificate(like: $0.candidate.certificate.bytes) }
        // They hold the handles.
        defer { withExtendedLifetime(known) {} }
        let handles = CertificateHandles(
            presented: [leafHandle] + zip(others, known).map { $1?.pointer ?? $0.handle }, intermediates: intermediates,
            anchors: anchors.map(\.certificate), authorities: authorities
        )
        var search = PathSearch(
            leaf: leaf, candidates: others.map(\.candidate), pool: pool, policy: secondOpinion.policy, at: now, verifier: handles,
            budget: budget
        )
        defer { budget = search.budget }
        var isFirst = true
        var refused: [PathFailure] = []
        /// What is told once a path was offered, and thrown when none was.
        func end(_ fault: PathFault? = nil) throws(PathFailure) -> SearchRecord {
            let disagreements = refused.flatMap(\.disagreements)
            guard isFirst else { return SearchRecord(deadEnds: search.deadEnds, disagreements: disagreements) }
            var failure = refused.first ?? PathFailure(fault ?? .workLimit(.steps))
            failure.deadEnds = search.deadEnds
            failure.disagreements = disagreements
            throw failure
        }
        while true {
            let path: [CandidateCertificate]
            do throws(PathFault) { path = try search.next() } catch { return try end(error) }
            do throws(PathFailure) {
                try secondOpinion.confirm(path, handles)
            } catch {
                guard error.disagreement != nil else {
                    var failure = error
                    failure.deadEnds = search.deadEnds
                    throw failure
                }
                refused.append(error)
                guard refused.count == Self.maximumDisagreements else { continue }
                return try end()
            }
            isFirst = false
            if consider(assertion(of: path, triedBefore: search.deadEnds)) == .take {
                return SearchRecord(deadEnds: search.deadEnds, disagreements: refused.flatMap(\.disagreements))
            }
        }
    }

    func readable(_ presented: PresentedCertificates) -> [(handle: OpaquePointer, candidate: CandidateCertificate)] {
        presented.readable.all { pool.candidate(with: $0)?.certificate ?? authorities.decoded(like: $0) }
    }

    package func isSigned(_ signature: ListSignature, by issuer: [UInt8]) -> Bool {
        guard let certificate = OpenSSLCertificate(der: issuer, library: library) else { return false }
        return IssuerSignature.isValid(signature, by: certificate)
    }

    private func assertion(of path: [CandidateCertificate], triedBefore deadEnds: [DeadEnd]) -> ValidatedPath {
        guard let last = path.last, case .anchor(let position) = last.origin else {
            preconditionFailure("a path that does not end in a trust anchor")
        }
        return ValidatedPath.assertion(
            certificates: path.map(\.certificate),
            anchorEntry: anchors[position].entry,
            anchorFingerprint: anchors[position].fingerprint,
            leafFingerprint: sha256Fingerprint(path[0].certificate.bytes),
            leafKey: sha256KeyFingerprint(path[0].subjectPublicKeyInfo),
            deadEnds: deadEnds
        )
    }
}

/// OpenSSL's handles of the certificates that a search is about, found by where they come from.
struct CertificateHandles: SignatureVerifier {
    let presented: [OpaquePointer]
    let intermediates: [OpenSSLCertificate]
    let anchors: [OpenSSLCertificate]
    let authorities: AuthorityMemory

    func handle(_ candidate: CandidateCertificate) -> OpaquePointer {
        switch candidate.origin {
        case .presented(let position): presented[position]
        case .intermediate(let position): intermediates[position].pointer
        case .anchor(let position): anchors[position].pointer
        }
    }

    func isSigned(_ certificate: CandidateCertificate, by issuer: CandidateCertificate) -> Bool {
        OpenSSLErrorQueue.clear()
        defer { OpenSSLErrorQueue.clear() }
        let isAuthority = certificate.certificate.extensions.basicConstraints?.isCA ?? false
        if isAuthority, authorities.isKnown(certificate, signedBy: issuer) { return true }
        guard let key = X509_get0_pubkey(handle(issuer)), X509_verify(handle(certificate), key) == 1 else { return false }
        if isAuthority { authorities.remember(certificate, handle(certificate), signedBy: issuer) }
        return true
    }
}
