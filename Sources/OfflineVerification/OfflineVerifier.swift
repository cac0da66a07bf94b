import Glibc
import PKITypes
import PathValidation
import RevocationRefresh
import SignatureChecking
import VerificationCore
import X509

/// Answers jobs with the gateway's own engine: a snapshot of one trust-anchor entry is made from the job and judged by.
package enum OfflineVerifier {
    /// The one trust-anchor entry, listener and policy of such a snapshot.
    private static let entryName = "verify"

    package static func answer(_ job: VerificationJob) -> VerificationAnswer {
        let now = job.moment ?? UnixSeconds(Int64(time(nil)))
        let sent = DecodableObjects.contents(.certificates, of: [job.leaf])
        guard let leafBytes = sent.first, let leaf = try? Certificate(der: leafBytes) else {
            return .reject(.malformedCertificate, "the leaf cannot be decoded", depth: 0)
        }
        let others = sent.dropFirst() + DecodableObjects.contents(.certificates, of: job.intermediates)
        guard let presented = PresentedCertificates(leaf: leafBytes, others: Array(others)) else {
            return .reject(.malformedCertificate, "OpenSSL cannot decode the leaf", depth: 0)
        }
        let anchors = DecodableObjects.contents(.certificates, of: job.trustAnchors).filter(isReadable)
        let trust = OpenSSLPathEngine.Anchors(entry: entryName, certificates: anchors)
        guard !anchors.isEmpty, let engine = OpenSSLPathEngine(trust: [trust], intermediates: [], policy: job.pathPolicy) else {
            return .reject(.unknownCA, "no trust anchor can be decoded")
        }
        let facts = ConnectionFacts(listener: entryName, source: nil, tlsVersion: .tls13)
        switch judge(presented, engine, facts, snapshot(job, anchors: anchors), now: now) {
        case .noPath(let failure):
            return .reject(failure.reason, failure.diagnosis)
        case .decided(let path, .refuse(let refusal), _):
            return .reject(refusal.reason, RefusalText.detail(refusal, of: path), depth: refusal.depth)
        case .decided(_, .pending, _):
            preconditionFailure("a record of a job's lists is on a disk")
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

    /// All lists are parked: one is believed only when an issuer on the validated path has signed it.
    private static func snapshot(_ job: VerificationJob, anchors: [[UInt8]]) -> VerificationSnapshot {
        let lists = DecodableObjects.contents(.revocationLists, of: job.lists).compactMap {
            try? ListLoader.list($0, source: "job", anchorEntry: entryName)
        }
        let entry = TrustAnchorEntry(
            name: entryName,
            fingerprints: Set(anchors.map(sha256Fingerprint)),
            // Every certificate has this one: whether a leaf names a device is not what `verify` is asked.
            identitySource: .registeredCertificate,
            vouchesFor: [],
            maximumCertificateLifetimeSeconds: .max,
            revocation: RevocationPolicy(unknownStatus: job.statusNeeded ? .refuse : .admit, stale: .strict)
        )
        return VerificationSnapshot(
            generation: 0,
            anchors: [entry],
            trustByListener: [entryName: [entryName]],
            policies: [AccessPolicy(name: entryName)],
            revocation: RevocationIndex(lists: lists),
            clockSkewSeconds: 0
        )
    }

    /// By both readers, as in the gateway.
    private static func isReadable(_ der: [UInt8]) -> Bool {
        (try? Certificate(der: der)) != nil && OpenSSLCertificate(der: der, library: nil) != nil
    }
}
