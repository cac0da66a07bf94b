import Glibc
import PKITypes
import PathValidation
import RevocationRefresh
import SignatureChecking
import VerificationCore
import X509

/// Answers jobs with the gateway's own engine: a snapshot is made from the job and judged by. Each trust
/// anchor is an entry of its own: what is signed under one says nothing of what is issued under another (RFC 5280 §6.3.3 (f)).
package enum OfflineVerifier {
    /// The one listener and policy of such a snapshot.
    private static let listener = "verify"

    package static func answer(_ job: VerificationJob) -> VerificationAnswer {
        let now = job.moment ?? UnixSeconds(Int64(time(nil)))
        let sent = DecodableObjects.contents(.certificates, of: [job.leaf])
        guard let leafBytes = sent.first else {
            return .reject(.malformedCertificate, "the leaf cannot be decoded", depth: 0)
        }
        let leaf: Certificate
        do { leaf = try Certificate(der: leafBytes) } catch {
            let fault = PathFault.unreadable(error, depth: 0)
            return .reject(fault.reason, fault.description, depth: 0)
        }
        let others = sent.dropFirst() + DecodableObjects.contents(.certificates, of: job.intermediates)
        guard let presented = PresentedCertificates(leaf: leafBytes, others: Array(others)) else {
            return .reject(.malformedCertificate, "OpenSSL cannot decode the leaf", depth: 0)
        }
        let trust = trustAnchors(of: job)
        guard !trust.isEmpty, let engine = OpenSSLPathEngine(trust: trust, intermediates: [], policy: job.pathPolicy) else {
            return .reject(.unknownCA, "no trust anchor can be decoded")
        }
        let lists = lists(of: job, under: anchorsInReach(of: presented, engine, trust, job, now: now))
        let facts = ConnectionFacts(listener: listener, source: nil, tlsVersion: .tls13)
        switch judge(presented, engine, facts, snapshot(job, trust, lists), now: now) {
        case .noPath(let failure):
            return .reject(failure.reason, failure.diagnosis)
        case .decided(let path, .refuse(let refusal), _):
            return .reject(refusal.reason, RefusalText.detail(refusal, of: path), depth: refusal.depth)
        case .decided(_, .pending, _):
            preconditionFailure("a job asks neither a disk nor a registry")
        case .decided(let path, .permit(let permit), _):
            return confirm(permit, path, names: leaf.extensions.subjectAlternativeNames, job.peerIdentities)
        }
    }

    private static func confirm(
        _ permit: Permit, _ path: VerifiedPath, names: Result<[SubjectAlternativeName], some Error>, _ wanted: [PeerIdentity]
    ) -> VerificationAnswer {
        let names = (try? names.get()) ?? []
        if let absent = wanted.first(where: { !$0.isNamed(by: names) }) {
            return .reject(.identityMissing, "the leaf does not name \(absent.kind.rawValue) \(absent.value)", depth: 0)
        }
        let length = "a valid path of \(path.certificates.count) certificates below the trust anchor"
        let status = permit.warnings.contains(.unknownStatus) ? "revocation was not asked for" : "none of them is revoked"
        return VerificationAnswer(.accept(permit.identity), detail: "\(length); \(status)")
    }

    /// The same certificate twice is one anchor.
    private static func trustAnchors(of job: VerificationJob) -> [OpenSSLPathEngine.Anchors] {
        var seen: Set<[UInt8]> = []
        return DecodableObjects.contents(.certificates, of: job.trustAnchors)
            .filter { seen.insert($0).inserted && isReadable($0) }
            .enumerated()
            .map { OpenSSLPathEngine.Anchors(entry: "anchor-\($0.offset + 1)", certificates: [$0.element]) }
    }

    /// Those that paths of the leaf end in. Lists are of use under no other, and a job of many anchors and many lists would
    /// hold their product.
    private static func anchorsInReach(
        of presented: PresentedCertificates, _ engine: OpenSSLPathEngine, _ trust: [OpenSSLPathEngine.Anchors],
        _ job: VerificationJob, now: UnixSeconds
    ) -> [String] {
        guard trust.count > 1, !job.lists.isEmpty else { return trust.map(\.entry) }
        var entries: [String] = []
        var count = 0
        // What stands in the way of a path is told by the judgement, which searches again.
        _ = try? engine.offerPaths(of: presented, at: now) { path in
            count += 1
            if !entries.contains(path.anchorEntry) { entries.append(path.anchorEntry) }
            return count == maximumPathsDecided ? .take : .seekAnother
        }
        return entries
    }

    /// All are parked: one is believed only when an issuer on the validated path has signed it, or one under the same anchor.
    /// What is proven under one anchor is not under the next, so each has lists of its own, with entries in common.
    private static func lists(of job: VerificationJob, under anchorEntries: [String]) -> [IndexedList] {
        guard let first = anchorEntries.first else { return [] }
        let lists = DecodableObjects.contents(.revocationLists, of: job.lists).compactMap {
            try? ListLoader.list($0, source: "job", anchorEntry: first)
        }
        return anchorEntries.flatMap { entry in lists.map { $0.parked(under: entry, heldTo: job.listProfile) } }
    }

    private static func snapshot(
        _ job: VerificationJob, _ trust: [OpenSSLPathEngine.Anchors], _ lists: [IndexedList]
    ) -> VerificationSnapshot {
        let entries = trust.map { anchors in
            TrustAnchorEntry(
                name: anchors.entry,
                fingerprints: Set(anchors.certificates.map(sha256Fingerprint)),
                // Every certificate has this one: whether a leaf names a device is not what `verify` is asked.
                identitySource: .registeredCertificate,
                vouchesFor: [],
                maximumCertificateLifetimeSeconds: .max,
                revocation: RevocationPolicy(unknownStatus: job.statusNeeded ? .refuse : .admit, stale: .strict)
            )
        }
        return VerificationSnapshot(
            generation: 0,
            anchors: entries,
            trustByListener: [listener: Set(entries.map(\.name))],
            policies: [AccessPolicy(name: listener, devices: .any)],
            revocation: RevocationIndex(lists: lists),
            devices: DeviceIndex(),
            clockSkewSeconds: 0
        )
    }

    /// By both readers, as in the gateway.
    private static func isReadable(_ der: [UInt8]) -> Bool {
        (try? Certificate(der: der)) != nil && OpenSSLCertificate(der: der, library: nil) != nil
    }
}
