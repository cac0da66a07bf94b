import PKITypes
import PathValidation
import X509

/// Finds the paths of issuers whose certificates are known from earlier: no device has to bring them again.
package protocol KnownSignerSource: ListSignatureChecker {
    /// The path of `signer` to `anchorEntry`, valid at `now` for any purpose; `others` may stand between.
    func path(
        ofSigner signer: [UInt8], beside others: [[UInt8]], under anchorEntry: String, at now: UnixSeconds,
        _ work: inout ListSignerWork
    ) -> ValidatedPath?
}

extension VerificationSnapshot {
    /// Proves the lists that were made ready before a device brought their issuer, and published after. Without it nobody would
    /// know whom they name until the next device brings it, and live sessions would end for that.
    ///
    /// - Parameters:
    ///   - provers: who was not known when the lists were held against the issuers at hand.
    ///   - others: may stand on their paths.
    package func proveParkedLists(
        by provers: [ListProver], beside others: [ListProver], _ engine: some KnownSignerSource, now: UnixSeconds
    ) {
        var work = ListSignerWork()
        let signatures = ListSignatures(engine)
        for (entry, provers) in Dictionary(grouping: provers, by: \.anchorEntry) {
            let parked = revocation.lists.filter { $0.anchorEntry == entry && !$0.isProven }
            guard let anchor = anchor(named: entry), !parked.isEmpty else { continue }
            let beside = (provers + others.filter { $0.anchorEntry == entry }).map(\.certificate)
            let signers = provers.compactMap { prover -> ListSigner? in
                guard let subject = try? Certificate(der: prover.certificate).subject,
                    parked.contains(where: { $0.issuer == subject }),
                    let path = engine.path(ofSigner: prover.certificate, beside: beside, under: entry, at: now, &work),
                    // The engine of a drain may be that of the configuration before.
                    anchor.fingerprints.contains(path.anchorFingerprint)
                else { return nil }
                return ListSigner(path)
            }
            let proof = ListProof(
                index: revocation, anchorEntry: entry, policy: .signersUnlessRevoked, now: now,
                clockSkewSeconds: clockSkewSeconds, waiting: .never
            )
            _ = proof.prove(parked, by: signers, signatures)
        }
    }
}

extension RevocationPolicy {
    /// Who was configured, or proved lists before, signs lists unless it is known to be revoked: its own issuer's lists may
    /// still wait for a device.
    package static let signersUnlessRevoked = RevocationPolicy(
        unknownStatus: .admit,
        stale: StaleListPolicy(admit: .all, liveSessions: .keep, graceSeconds: .max, warnBeforeSeconds: 0)
    )
}
