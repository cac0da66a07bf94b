import PKITypes
import PathValidation
import RevocationLists
import SignatureChecking
import VerificationCore
import X509

/// The lists of one trust-anchor entry, held against the certificates that are known so far: what can be proven is, and what
/// an operator should know of each is said.
struct ListExamination {
    private let lists: [IndexedList]
    private let signers: [ListSigner]
    private let engine: OpenSSLPathEngine?
    private let now: UnixSeconds
    private let clockSkewSeconds: Int64
    private let age: ListAge

    /// More CA certificates in a row than any hierarchy has.
    private static let maximumDepth = 16

    /// - Parameter provers: issuers whose certificates arrived with devices, and that proved lists before.
    init(
        _ lists: [IndexedList], of material: TrustMaterial, provers: Set<ListProver>, now: UnixSeconds, clockSkewSeconds: Int64
    ) {
        self.lists = lists
        self.now = now
        self.clockSkewSeconds = clockSkewSeconds
        age = ListAge(now: now, clockSkewSeconds: clockSkewSeconds, policy: material.settings.stale)
        let learned = provers.filter { $0.anchorEntry == material.settings.name }.map(\.certificate)
        let candidates = material.intermediates + learned.filter { !material.anchors.contains($0) }
        let engine = OpenSSLPathEngine(
            trust: [material.forValidation],
            // What devices brought also completes the paths of what else they brought: issuers may stand below one another.
            intermediates: candidates,
            policy: PathPolicy(purpose: .any, maximumDepth: Self.maximumDepth)
        )
        let validated = candidates.compactMap { der -> ListSigner? in
            guard let engine, let presented = PresentedCertificates(leaf: der, others: []) else { return nil }
            return (try? engine.validate(presented, at: now)).flatMap { ListSigner($0) }
        }
        signers = material.anchors.compactMap { ListSigner(anchor: $0) } + validated
        self.engine = engine
        guard let engine else { return }
        let proof = ListProof(
            index: RevocationIndex(lists: lists), anchorEntry: material.settings.name, policy: .signersUnlessRevoked,
            now: now, clockSkewSeconds: clockSkewSeconds, waiting: .forTheDisk
        )
        _ = proof.prove(lists, by: signers, engine)
    }

    /// What is to be said of `list`, by the file that it came from.
    func problems(of list: IndexedList) -> [AssemblyProblem] {
        let path = list.source
        if case .unsupported(let cause) = list.support {
            return [.error(path, "holds \(cause), which must not be used (RFC 5280 §5.2, §5.3)")]
        }
        var problems: [AssemblyProblem] = list.isProven ? [] : [unproven(list)]
        if let problem = age.problem(of: list, among: lists) { problems.append(problem) }
        if list.thisUpdate > now + clockSkewSeconds {
            problems.append(.warning(path, "is not valid yet: its thisUpdate lies \((list.thisUpdate - now) / 60) minutes ahead"))
        }
        if list.scope?.onlyHolders.contains(.attributeCertificates) ?? false {
            problems.append(.warning(path, "is of attribute certificates only, so it speaks of no device"))
        }
        if let base = list.deltaBase, !hasBase(list, base) {
            problems.append(.warning(path, "is a delta of list \(base) or later, which no file of this trust anchor holds"))
        }
        if let other = lists.first(where: { $0 !== list && $0.contradicts(list) }) {
            let fault = "its issuer gave two lists one number, or one moment; what either revokes is revoked"
            problems.append(.warning(path, "contradicts a list in \(other.source): \(fault)"))
        }
        return problems
    }

    /// A list whose key is not known yet waits; one that names a known key, or none, and is not signed by it is broken.
    private func unproven(_ list: IndexedList) -> AssemblyProblem {
        let issuer = list.issuer.display
        let named = signers.filter { $0.certificate.subject == list.issuer }
        if named.contains(where: { engine?.isSigned(list.signature, by: $0.certificate.bytes) ?? false }) {
            // An error would keep the very snapshot out that knows of the revocation.
            return .warning(list.source, "is signed by a key of \(issuer) whose certificate is revoked: it speaks for nobody")
        }
        let isKeyKnown = named.contains { signer in
            guard let wanted = list.authorityKeyIdentifier, let own = signer.certificate.extensions.subjectKeyIdentifier else {
                return true
            }
            return wanted == own
        }
        if isKeyKnown { return .error(list.source, "is signed by no known key of its issuer \(issuer)") }
        let what = named.isEmpty ? "whose certificate is not configured" : "by a key whose certificate is not configured"
        let wait = "its lists wait until a device brings the issuer's certificate; add it to `intermediates` to check them now"
        return .warning(list.source, "is of \(issuer), \(what): \(wait)")
    }

    private func hasBase(_ delta: IndexedList, _ number: CRLNumber) -> Bool {
        lists.contains { list in
            guard list.deltaBase == nil, list.issuer == delta.issuer, list.scope == delta.scope,
                list.authorityKeyIdentifier == delta.authorityKeyIdentifier, let own = list.number
            else { return false }
            return number <= own
        }
    }
}
