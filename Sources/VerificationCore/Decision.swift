import PKITypes

/// The policy decision point: may the device of this path use this connection, by this snapshot, now?
///
/// Handshake, live re-decision and `verify` all ask this one function. The order is cheapest and gravest first:
/// trust → time → revocation of every certificate below the anchor → identity → scope → policy.
package func decide(
    _ path: VerifiedPath,
    _ facts: ConnectionFacts,
    _ snapshot: VerificationSnapshot,
    now: UnixSeconds,
    moment: DecisionMoment
) -> Verdict {
    let identity = try? path.identity.get()
    guard let anchor = snapshot.anchor(named: path.anchorEntry), anchor.fingerprints.contains(path.anchorFingerprint),
        let scope = snapshot.scope(of: facts.listener), scope.trust.contains(anchor.name)
    else { return .refuse(Refusal(.unknownCA, identity: identity)) }
    if now < path.validity.notBefore { return .refuse(Refusal(.notYetValid, identity: identity)) }
    if now > path.validity.notAfter { return .refuse(Refusal(.expired, identity: identity)) }

    var warnings: Permit.Warnings = []
    switch revocation(of: path, anchor, snapshot, now: now, moment: moment, warnings: &warnings) {
    case .permitted: break
    case .refused(let refusal): return .refuse(refusal)
    case .unconfirmed(let record): return .pending(record)
    }

    let device: DeviceIdentity
    switch confirmedIdentity(path, anchor) {
    case .success(let confirmed): device = confirmed
    case .failure(let refusal): return .refuse(refusal)
    }
    if path.leafValidity.lifetimeSeconds > anchor.maximumCertificateLifetimeSeconds {
        return .refuse(Refusal(.certificateLifetimeTooLong, identity: device))
    }
    guard let policy = scope.policies.first(selecting: device) else {
        return .refuse(Refusal(.noPolicy, identity: device))
    }
    let age = path.certificateAgeSeconds(at: now)
    if let unmet = policy.unmetRequirement(facts, certificateAgeSeconds: age) {
        return .refuse(Refusal(unmet, identity: device, policy: policy.name))
    }
    if policy.warnsAbout(certificateAgeSeconds: age) { warnings.insert(.certificateAging) }
    return .permit(Permit(identity: device, policy: policy.name, generation: snapshot.generation, warnings: warnings))
}

extension Refusal: Error {}

private enum RevocationFinding {
    case permitted
    case refused(Refusal)
    case unconfirmed(UnconfirmedRecord)
}

/// Revoked anywhere on the path outranks every uncertainty elsewhere on it, and what a record may still say the rest.
private func revocation(
    of path: VerifiedPath,
    _ anchor: TrustAnchorEntry,
    _ snapshot: VerificationSnapshot,
    now: UnixSeconds,
    moment: DecisionMoment,
    warnings: inout Permit.Warnings
) -> RevocationFinding {
    let identity = try? path.identity.get()
    var uncertain: Refusal?
    var unconfirmed: UnconfirmedRecord?
    for (depth, certificate) in path.certificates.enumerated() {
        let status = snapshot.revocation.status(
            of: certificate,
            under: anchor.name,
            now: now,
            clockSkewSeconds: snapshot.clockSkewSeconds
        )
        switch status {
        case .good:
            break
        case .revoked(let entry, let list):
            return .refused(Refusal(.revoked, identity: identity, depth: depth, list: list, revocation: entry))
        case .unconfirmed(let record, _): unconfirmed = unconfirmed ?? record
        case .stale(let list, let seconds):
            if anchor.revocation.stale.allows(staleBySeconds: seconds, moment) {
                warnings.insert(.staleList)
            } else {
                uncertain = uncertain ?? Refusal(.revocationStale, identity: identity, depth: depth, list: list)
            }
        case .unknown(let cause, let list):
            if anchor.revocation.unknownStatus == .admit {
                warnings.insert(.unknownStatus)
            } else {
                let nobodyAnswers = cause == .noListForIssuer && !certificate.namesRevocationSource
                let reason: RefusalReason = nobodyAnswers ? .unrevocable : .revocationUnknown
                uncertain = uncertain ?? Refusal(reason, identity: identity, depth: depth, list: list, unknown: cause)
            }
        }
    }
    if let unconfirmed { return .unconfirmed(unconfirmed) }
    return uncertain.map(RevocationFinding.refused) ?? .permitted
}

extension StaleListPolicy {
    func allows(staleBySeconds seconds: Int64, _ moment: DecisionMoment) -> Bool {
        switch moment {
        case .liveSession: liveSessions == .keep || (admit == .all && seconds <= graceSeconds)
        case .admission: admit == .all && seconds <= graceSeconds
        }
    }
}

/// Exactly one identity of the anchor's kind, within what the anchor vouches for.
private func confirmedIdentity(_ path: VerifiedPath, _ anchor: TrustAnchorEntry) -> Result<DeviceIdentity, Refusal> {
    // The operator changed how this anchor's certificates are read: what was read the old way identifies nobody.
    guard path.identitySource == anchor.identitySource else { return .failure(Refusal(.identityMissing)) }
    switch path.identity {
    case .failure(let failure):
        switch failure {
        case .missing: return .failure(Refusal(.identityMissing))
        case .ambiguous: return .failure(Refusal(.identityAmbiguous))
        case .malformed: return .failure(Refusal(.malformedCertificate))
        }
    case .success(let identity):
        guard anchor.vouches(for: identity) else { return .failure(Refusal(.identityOutOfScope, identity: identity)) }
        return .success(identity)
    }
}
