import EventLoop
import PKITypes
import PathValidation
import SignatureChecking
import VerificationCore
import X509

/// Paths that were found valid, by what was presented: a device that comes back is not searched a path for again. Confined to
/// one loop, for one trust set; whoever changes the trust set starts a new one.
///
/// Positive only, and static facts only: revocation, identity and policy are decided on every connection, and so is the time.
final class PathVerdictCache {
    /// Two to three KiB each. A full cache starts anew: cheaper than an order of use, and it bounds what one loop may hold.
    static let capacity = 4096

    private struct Entry {
        let path: ValidatedPath
        /// In which every certificate of the path is valid.
        let validity: Validity
    }

    let trustSet: Fingerprint
    private var entries: [Fingerprint: Entry] = [:]

    init(trustSet: Fingerprint) { self.trustSet = trustSet }

    func path(for presented: Fingerprint, at now: UnixSeconds) -> ValidatedPath? {
        guard let entry = entries[presented], entry.validity.contains(now) else { return nil }
        return entry.path
    }

    func remember(_ path: ValidatedPath, for presented: Fingerprint) {
        // What our reader cannot read is judged anew each time.
        let certificates = path.certificates.compactMap { try? Certificate(der: $0) }
        guard let leaf = certificates.first, certificates.count == path.certificates.count else { return }
        if entries.count >= Self.capacity { entries.removeAll(keepingCapacity: true) }
        let validity = certificates.dropFirst().reduce(leaf.validity) { $0.intersection($1.validity) }
        entries[presented] = Entry(path: path, validity: validity)
    }
}

/// The path engine of a listener behind the cache: a known path is offered first, and searched for only when it does not do.
struct CachedPathEngine: PathValidator, ListSignatureChecker, ListSignerSource {
    let engine: OpenSSLPathEngine
    let cache: PathVerdictCache
    let counters: ListenerCounters

    func offerPaths(
        of presented: PresentedCertificates, at now: UnixSeconds, to consider: (ValidatedPath) -> PathChoice
    ) throws(PathFailure) -> [DeadEnd] {
        let key = presented.fingerprint
        if let known = cache.path(for: key, at: now) {
            counters.pathVerdictHits.add()
            if consider(known) == .take { return known.deadEnds }
        } else {
            counters.pathVerdictMisses.add()
        }
        var isFirst = true
        return try engine.offerPaths(of: presented, at: now) { path in
            // The most promising path; another is only better while this one's authorities are out of favour.
            if isFirst { cache.remember(path, for: key) }
            isFirst = false
            return consider(path)
        }
    }

    func isSigned(_ signature: ListSignature, by issuer: [UInt8]) -> Bool { engine.isSigned(signature, by: issuer) }

    func signers(
        named name: DistinguishedName, beside presented: PresentedCertificates, at now: UnixSeconds,
        that haveSigned: (Certificate) -> Bool
    ) -> [ValidatedPath] {
        engine.signers(named: name, beside: presented, at: now, that: haveSigned)
    }
}
