import PKITypes

/// The steps of a decision, in their order. What comes after a refusal is not reached.
package enum DecisionStep: String, Comparable, CaseIterable, Sendable {
    case handshake, path, revocation, identity, policy

    package static func < (left: Self, right: Self) -> Bool { left.position < right.position }

    private var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// Where a reason of `decide`, or of the path, belongs.
    init(_ reason: RefusalReason) {
        switch reason {
        case .noCertificate, .handshakeFailed, .handshakeTimeout, .overload, .rateLimited: self = .handshake
        case .unknownCA, .pathInvalid, .notYetValid, .expired, .wrongPurpose, .weakAlgorithm, .constraintViolated, .workLimit,
            .internalError, .clockUntrusted, .snapshotStale:
            self = .path
        case .revoked, .revocationUnknown, .revocationStale, .unrevocable: self = .revocation
        // A malformed certificate has no path; once it has one, its names are what cannot be read.
        case .malformedCertificate, .identityMissing, .identityAmbiguous, .identityOutOfScope, .certificateLifetimeTooLong,
            .deviceUnknown, .deviceProvisioned, .deviceQuarantined, .deviceDisabled, .deviceRetired, .credentialSuperseded,
            .credentialNotBound, .cloneSuspected:
            self = .identity
        case .certificateTooOld, .noPolicy, .networkNotAllowed, .tlsTooOld, .postureNotMet, .outsideTimeWindow, .sessionLimit,
            .senderMismatch, .routeNotAllowed, .messageNotAllowed, .protocolError, .upstreamUnavailable, .upstreamUntrusted:
            self = .policy
        }
    }
}
