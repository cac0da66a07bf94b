import PKITypes
import X509

/// The policy decision point: may the device of this path use this connection, by this snapshot, now?
///
/// Handshake, live re-decision and `verify` all ask this one function. The order is cheapest and gravest first:
/// trust → time → revocation of every certificate below the anchor → identity → scope → device → policy → credential.
package func decide(
    _ path: VerifiedPath,
    _ facts: ConnectionFacts,
    _ snapshot: VerificationSnapshot,
    now: UnixSeconds,
    moment: DecisionMoment
) -> Verdict {
    guard let scope = snapshot.scope(of: facts.listener), let anchor = scope.anchor(named: path.anchorEntry),
        anchor.fingerprints.contains(path.anchorFingerprint)
    else { return .refuse(Refusal(.unknownCA, identity: path.knownIdentity)) }
    if now < path.validity.notBefore { return .refuse(Refusal(.notYetValid, identity: path.knownIdentity)) }
    if now > path.validity.notAfter { return .refuse(Refusal(.expired, identity: path.knownIdentity)) }

    var warnings: Permit.Warnings = []
    switch revocation(of: path, anchor, snapshot, now: now, moment: moment, warnings: &warnings) {
    case .permitted: break
    case .refused(let refusal): return .refuse(refusal)
    case .unconfirmed(let record): return .pending(.record(record))
    }

    // The operator changed how this anchor's certificates are read: what was read the old way identifies nobody.
    guard path.identitySource == anchor.identitySource else { return .refuse(Refusal(.identityMissing)) }
    let device: DeviceIdentity
    switch path.identity {
    case .success(let identity): device = identity
    case .failure(let failure): return .refuse(Refusal(failure.refusalReason))
    }
    guard anchor.vouches(for: device) else { return .refuse(Refusal(.identityOutOfScope, identity: device)) }
    let lifetime = path.leafValidity.lifetimeSeconds
    let lastsTooLong = lifetime > anchor.maximumCertificateLifetimeSeconds
    if !path.leafValidity.hasNoEnd {
        if lastsTooLong { return .refuse(Refusal(.certificateLifetimeTooLong, identity: device)) }
        if anchor.warnsAbout(certificateLifetimeSeconds: lifetime) { warnings.insert(.certificateLongLived) }
    }
    let standing = path.marks.flatMap(snapshot.devices.standing)
    // Whatever a policy asks: nobody who was sent away comes back under a policy that asks for less.
    if let ended = standing?.state.exclusion { return .refuse(Refusal(ended, identity: device)) }
    return permission(
        of: device, standing, path, lastsTooLong ? .manufacturers : .operators, facts, scope, snapshot, now: now, warnings)
}

/// Who issued a device's certificate, as its end tells.
private enum Issuance { case operators, manufacturers }

/// What policies and the registry say of a device that is who it says it is; the listener may only report some of it.
///
/// What the connection shows comes first, then whether the device is known, what is known of it, and last its credential: nobody
/// is bound to a key on a connection that would be refused for something else.
@inline(__always)
private func permission(
    of device: DeviceIdentity, _ standing: DeviceStanding?, _ path: VerifiedPath, _ issuance: Issuance,
    _ facts: ConnectionFacts, _ scope: VerificationSnapshot.ListenerScope, _ snapshot: VerificationSnapshot, now: UnixSeconds,
    _ given: Permit.Warnings
) -> Verdict {
    var warnings = given
    var observed = ObservedRefusals(scope.observation, at: now)
    let policy = scope.policies.first(selecting: device)
    if issuance == .manufacturers, policy?.devices != .enrolment {
        return .refuse(Refusal(.certificateLifetimeTooLong, identity: device))
    }
    let age = path.certificateAgeSeconds(at: now)
    let unmet = policy.map { $0.unmetRequirement(facts, certificateAgeSeconds: age) } ?? .noPolicy
    if let unmet, observed.isFinal(unmet) { return .refuse(Refusal(unmet, identity: device, policy: policy?.name)) }
    if policy?.warnsAbout(certificateAgeSeconds: age) == true { warnings.insert(.certificateAging) }
    var end = path.validity.notAfter
    // Later it is too old; where that is only reported, nothing ends then.
    if let policy, unmet == nil { end = min(end, policy.oldestMoment(ofCertificateFrom: path.leafValidity.notBefore)) }
    // Who matches no policy has the strict kind's requirement to meet where only policies are observed.
    let asksRegistry = policy?.devices != .any
    if asksRegistry, standing == nil, !observed.makesIdle(.registry), observed.isFinal(.deviceUnknown) {
        return .refuse(Refusal(.deviceUnknown, identity: device, policy: policy?.name))
    }
    if let policy, policy.looksAtDevice {
        let known = KnownDevice(standing: standing, marks: path.marks, devices: snapshot.devices)
        if let unmet = policy.unmetRequirement(known, at: now, until: &end), observed.isFinal(unmet) {
            return .refuse(Refusal(unmet, identity: device, policy: policy.name))
        }
    }
    if asksRegistry, issuance == .operators, let standing, !observed.makesIdle(.registry) {
        switch RegistryRuling(standing, facts.registryWord, at: now) {
        case .admits(let until): if let until { end = min(end, until) }
        case .refuses(let reason):
            if observed.isFinal(reason) { return .refuse(Refusal(reason, identity: device, policy: policy?.name)) }
        case .mustBeAsked: return .pending(.registry)
        }
    }
    return .permit(
        Permit(
            identity: device, policy: policy?.name ?? "", generation: snapshot.generation, warnings: warnings,
            observed: observed.first, holdsUntil: observed.end(noLaterThan: end),
            sessions: policy?.sessions
        ))
}

/// What the registry says of a device and the credential that it shows.
private enum RegistryRuling {
    case admits(until: UnixSeconds?)
    case refuses(RefusalReason)
    case mustBeAsked

    @inline(__always)
    init(_ standing: DeviceStanding, _ word: RegistryWord, at now: UnixSeconds) {
        switch (standing.answer, word) {
        case (.admit, _), (.ask, .admitted): self = .admits(until: nil)
        case (.admitUntil(let end), _): self = now <= end ? .admits(until: end) : .refuses(.credentialSuperseded)
        case (.refuse(let reason), _), (.ask, .refused(let reason)): self = .refuses(reason)
        case (.ask, .none): self = .mustBeAsked
        }
    }
}

extension Refusal: Error {}

extension DeviceState {
    /// Why no policy admits a device in this state; nil where its policy decides.
    fileprivate var exclusion: RefusalReason? {
        switch self {
        case .provisioned, .active, .rotating: nil
        case .quarantined, .disabled, .retired: refusal
        }
    }
}

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
    var uncertain: Refusal?
    var unconfirmed: UnconfirmedRecord?
    for depth in path.certificates.indices {
        let status = snapshot.revocation.status(
            of: path.certificates[depth],
            under: anchor.name,
            now: now,
            clockSkewSeconds: snapshot.clockSkewSeconds
        )
        switch status {
        case .good:
            break
        case .revoked(let entry, let list):
            return .refused(Refusal(.revoked, identity: path.knownIdentity, depth: depth, list: list, revocation: entry))
        case .unconfirmed(let record, _): unconfirmed = unconfirmed ?? record
        case .stale(let list, let seconds):
            if anchor.revocation.stale.allows(staleBySeconds: seconds, moment) {
                warnings.insert(.staleList)
            } else {
                uncertain = uncertain ?? Refusal(.revocationStale, identity: path.knownIdentity, depth: depth, list: list)
            }
        case .unknown(let cause, let list):
            if anchor.revocation.unknownStatus == .admit {
                warnings.insert(.unknownStatus)
            } else {
                let nobodyAnswers = cause == .noListForIssuer && !path.certificates[depth].namesRevocationSource
                let reason: RefusalReason = nobodyAnswers ? .unrevocable : .revocationUnknown
                let refusal = Refusal(reason, identity: path.knownIdentity, depth: depth, list: list, unknown: cause)
                uncertain = uncertain ?? refusal
            }
        }
    }
    if let unconfirmed { return .unconfirmed(unconfirmed) }
    return uncertain.map(RevocationFinding.refused) ?? .permitted
}

extension StaleListPolicy {
    func allows(staleBySeconds seconds: Int64, _ moment: DecisionMoment) -> Bool {
        switch moment {
        case .liveSession: liveSessionGraceSeconds.map { seconds <= $0 } ?? true
        case .admission: admit == .all && seconds <= graceSeconds
        }
    }

    /// How long after a list's nextUpdate sessions live on; nil: for good. Nothing is stale by no second.
    var liveSessionGraceSeconds: Int64? {
        switch liveSessions {
        case .keep: nil
        case .close: admit == .all ? graceSeconds : 0
        }
    }
}

extension IdentityFailure {
    fileprivate var refusalReason: RefusalReason {
        switch self {
        case .missing: .identityMissing
        case .ambiguous: .identityAmbiguous
        case .malformed: .malformedCertificate
        }
    }
}
