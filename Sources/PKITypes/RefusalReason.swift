/// Why a device is refused, or an admitted session of its is ended by a new decision. The raw value is the one word for it
/// in logs, metrics, audit records, `explain` and `verify`.
///
/// Every reason has each of the readers below; a new case cannot be added half-way.
package enum RefusalReason: String, CaseIterable, Sendable {
    case noCertificate = "no-certificate"
    case malformedCertificate = "malformed-certificate"
    case unknownCA = "unknown-ca"
    case pathInvalid = "path-invalid"
    case notYetValid = "not-yet-valid"
    case expired = "expired"
    case wrongPurpose = "wrong-purpose"
    case weakAlgorithm = "weak-algorithm"
    case constraintViolated = "constraint-violated"

    case revoked = "revoked"
    case revocationUnknown = "revocation-unknown"
    case revocationStale = "revocation-stale"
    case unrevocable = "unrevocable"

    case identityMissing = "identity-missing"
    case identityAmbiguous = "identity-ambiguous"
    case identityOutOfScope = "identity-out-of-scope"

    case deviceUnknown = "device-unknown"
    case deviceProvisioned = "device-provisioned"
    case deviceQuarantined = "device-quarantined"
    case deviceDisabled = "device-disabled"
    case deviceRetired = "device-retired"

    case credentialSuperseded = "credential-superseded"
    case credentialNotBound = "credential-not-bound"
    case certificateTooOld = "certificate-too-old"
    case certificateLifetimeTooLong = "certificate-lifetime-too-long"
    case cloneSuspected = "clone-suspected"

    case noPolicy = "no-policy"
    case networkNotAllowed = "network-not-allowed"
    case tlsTooOld = "tls-too-old"
    case postureNotMet = "posture-not-met"
    case outsideTimeWindow = "outside-time-window"
    case sessionLimit = "session-limit"

    case senderMismatch = "sender-mismatch"
    case routeNotAllowed = "route-not-allowed"
    case messageNotAllowed = "message-not-allowed"
    case protocolError = "protocol-error"

    case workLimit = "work-limit"
    case overload = "overload"
    case rateLimited = "rate-limited"
    case handshakeFailed = "handshake-failed"
    case handshakeTimeout = "handshake-timeout"
    case upstreamUnavailable = "upstream-unavailable"
    case upstreamUntrusted = "upstream-untrusted"
    case clockUntrusted = "clock-untrusted"
    case snapshotStale = "snapshot-stale"
    case internalError = "internal-error"
}

extension RefusalReason {
    /// What the device reads in the handshake. What OpenSSL's verify-error mapping can send: access_denied (49) it cannot.
    /// A TLS 1.2 device without a certificate reads 40 instead of 116; libssl sends that itself.
    package var alert: TLSAlert {
        switch self {
        case .noCertificate:
            .certificateRequired
        case .malformedCertificate, .pathInvalid, .weakAlgorithm, .constraintViolated, .identityMissing,
            .identityAmbiguous, .identityOutOfScope:
            .badCertificate
        case .unknownCA:
            .unknownCA
        case .notYetValid, .revocationUnknown, .revocationStale, .unrevocable, .deviceUnknown, .deviceProvisioned,
            .deviceQuarantined, .credentialSuperseded, .credentialNotBound, .certificateTooOld,
            .certificateLifetimeTooLong, .cloneSuspected, .noPolicy, .networkNotAllowed, .tlsTooOld, .postureNotMet,
            .outsideTimeWindow, .sessionLimit, .senderMismatch, .routeNotAllowed, .messageNotAllowed, .protocolError,
            .overload, .rateLimited, .handshakeTimeout, .upstreamUnavailable, .upstreamUntrusted, .clockUntrusted,
            .snapshotStale:
            .certificateUnknown
        case .expired:
            .certificateExpired
        case .wrongPurpose:
            .unsupportedCertificate
        case .revoked, .deviceDisabled, .deviceRetired:
            .certificateRevoked
        case .workLimit, .internalError:
            .internalError
        case .handshakeFailed:
            .handshakeFailure
        }
    }

    /// Whether asking again later can help. Temporary is never said as permanent.
    package var permanence: Permanence {
        switch self {
        case .noCertificate, .malformedCertificate, .unknownCA, .pathInvalid, .expired, .wrongPurpose,
            .weakAlgorithm, .constraintViolated, .revoked, .unrevocable, .identityMissing, .identityAmbiguous,
            .identityOutOfScope, .deviceDisabled, .deviceRetired, .credentialSuperseded, .certificateTooOld,
            .certificateLifetimeTooLong, .noPolicy, .senderMismatch, .routeNotAllowed, .messageNotAllowed,
            .protocolError:
            .permanent
        case .notYetValid, .revocationUnknown, .revocationStale, .deviceUnknown, .deviceProvisioned,
            .deviceQuarantined, .credentialNotBound, .cloneSuspected, .networkNotAllowed, .tlsTooOld, .postureNotMet,
            .outsideTimeWindow, .sessionLimit, .workLimit, .overload, .rateLimited, .handshakeFailed,
            .handshakeTimeout, .upstreamUnavailable, .upstreamUntrusted, .clockUntrusted, .snapshotStale,
            .internalError:
            .temporary
        }
    }

    /// Who has to act.
    package var fault: Fault {
        switch self {
        case .noCertificate, .malformedCertificate, .unknownCA, .pathInvalid, .notYetValid, .expired, .wrongPurpose,
            .weakAlgorithm, .constraintViolated, .revoked, .identityMissing, .identityAmbiguous, .identityOutOfScope,
            .deviceQuarantined, .deviceDisabled, .deviceRetired, .credentialSuperseded, .credentialNotBound,
            .certificateTooOld, .certificateLifetimeTooLong, .cloneSuspected, .networkNotAllowed, .tlsTooOld,
            .postureNotMet, .sessionLimit, .senderMismatch, .routeNotAllowed, .messageNotAllowed, .protocolError,
            .rateLimited, .handshakeFailed, .handshakeTimeout:
            .device
        case .revocationUnknown, .revocationStale, .unrevocable, .deviceUnknown, .deviceProvisioned, .noPolicy,
            .outsideTimeWindow, .clockUntrusted, .snapshotStale:
            .operator
        case .workLimit, .overload, .internalError:
            .gateway
        case .upstreamUnavailable, .upstreamUntrusted:
            .upstream
        }
    }

    /// EventOutcomeIndicator of the Security Alert / Node Authentication event (DICOM PS3.15 A.5.3.11, ITI-20).
    package var auditOutcome: AuditOutcome {
        switch self {
        case .noCertificate, .malformedCertificate, .pathInvalid, .notYetValid, .expired, .wrongPurpose,
            .weakAlgorithm, .constraintViolated, .revocationUnknown, .revocationStale, .unrevocable,
            .identityMissing, .identityAmbiguous, .deviceUnknown, .deviceProvisioned, .credentialNotBound,
            .certificateTooOld, .certificateLifetimeTooLong, .noPolicy, .networkNotAllowed, .tlsTooOld,
            .postureNotMet, .outsideTimeWindow, .sessionLimit, .routeNotAllowed, .messageNotAllowed, .protocolError,
            .workLimit, .overload, .rateLimited, .handshakeFailed, .handshakeTimeout, .upstreamUnavailable,
            .upstreamUntrusted, .clockUntrusted, .snapshotStale, .internalError:
            .minor
        case .unknownCA, .revoked, .identityOutOfScope, .deviceQuarantined, .deviceDisabled, .deviceRetired,
            .credentialSuperseded, .cloneSuspected, .senderMismatch:
            .serious
        }
    }

    package var metricLabel: String { rawValue }
}

package enum Permanence: Sendable { case permanent, temporary }

package enum Fault: String, Sendable { case device, `operator`, upstream, gateway }

/// EventOutcomeIndicator of DICOM PS3.15 A.5.1; the raw value is the number in the message.
package enum AuditOutcome: UInt8, Sendable { case success = 0, minor = 4, serious = 8, major = 12 }
