import PKITypes

/// What a listener only reports for now: refusals that these checks lead to become permits, and are counted.
///
/// Never who a device is (path, time, revocation, identity), and never what a person or an alarm decided about it (quarantined,
/// disabled, retired).
package struct Observation: Hashable, Sendable {
    package enum Check: String, CaseIterable, Sendable {
        /// What the registry says of the device and of its credential.
        case registry
        /// Whether a policy matches, what it requires, and how many sessions it allows.
        case policy
        /// Whether the device names itself, inside its protocol, as its certificate does.
        case sender
    }

    package let checks: Set<Check>
    /// The last second of it.
    package let until: UnixSeconds

    package init(checks: Set<Check>, until: UnixSeconds) {
        self.checks = checks
        self.until = until
    }

    package func relaxes(_ check: Check, at now: UnixSeconds) -> Bool { now <= until && checks.contains(check) }

    package func relaxes(_ reason: RefusalReason, at now: UnixSeconds) -> Bool {
        reason.check.map { relaxes($0, at: now) } ?? false
    }
}

extension VerificationSnapshot {
    /// Whether a listener only reports, now, what it would otherwise refuse for this reason.
    package func observes(_ reason: RefusalReason, on listener: String, at now: UnixSeconds) -> Bool {
        scope(of: listener)?.observation?.relaxes(reason, at: now) ?? false
    }

    package func observes(_ check: Observation.Check, on listener: String, at now: UnixSeconds) -> Bool {
        scope(of: listener)?.observation?.relaxes(check, at: now) ?? false
    }

    /// What a listener only reports for now, or did.
    package func observation(of listener: String) -> Observation? { scope(of: listener)?.observation }
}

extension RefusalReason {
    /// Which check it comes from, of those that a listener can be told to only report; nil: it always refuses.
    package var check: Observation.Check? {
        switch self {
        case .deviceUnknown, .deviceProvisioned, .credentialSuperseded, .credentialNotBound, .cloneSuspected:
            .registry
        case .certificateTooOld, .noPolicy, .networkNotAllowed, .tlsTooOld, .postureNotMet, .outsideTimeWindow, .sessionLimit:
            .policy
        case .senderMismatch, .routeNotAllowed, .messageNotAllowed:
            .sender
        case .noCertificate, .malformedCertificate, .unknownCA, .pathInvalid, .notYetValid, .expired, .wrongPurpose,
            .weakAlgorithm, .constraintViolated, .revoked, .revocationUnknown, .revocationStale, .unrevocable,
            .identityMissing, .identityAmbiguous, .identityOutOfScope, .deviceQuarantined, .deviceDisabled, .deviceRetired,
            .certificateLifetimeTooLong, .protocolError, .workLimit, .overload, .rateLimited, .handshakeFailed,
            .handshakeTimeout, .upstreamUnavailable, .upstreamUntrusted, .clockUntrusted, .snapshotStale, .internalError:
            nil
        }
    }
}

/// The refusals of one decision that its listener only reports.
struct ObservedRefusals {
    private let observation: Observation?
    private let now: UnixSeconds
    /// The one that enforcement would have spoken.
    private(set) var first: RefusalReason?

    init(_ observation: Observation?, at now: UnixSeconds) {
        self.observation = observation
        self.now = now
    }

    /// Whether a refusal stands; one that is only reported is noted, and the decision goes on.
    mutating func isFinal(_ reason: RefusalReason) -> Bool {
        guard let observation, observation.relaxes(reason, at: now) else { return true }
        if first == nil { first = reason }
        return false
    }

    /// Whether enforcement would not have come as far as this check, and nothing is lost when it is left out.
    func makesIdle(_ check: Observation.Check) -> Bool { first != nil && observation?.relaxes(check, at: now) == true }

    /// The last second in which a permit holds that is one by observation alone.
    func end(noLaterThan end: UnixSeconds) -> UnixSeconds {
        guard first != nil, let observation else { return end }
        return min(end, observation.until)
    }
}
