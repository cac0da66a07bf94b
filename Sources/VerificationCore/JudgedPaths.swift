import PKITypes
import PathValidation

/// A valid path and what was decided from it, or why nothing could be.
package struct JudgedPath: Sendable {
    package struct Decided: Sendable {
        package let path: VerifiedPath
        package let verdict: Verdict
        package let provers: [ListProver]
    }

    package let path: ValidatedPath
    package let outcome: Result<Decided, PathFailure>
}

/// A judgement with how it was come by: every path that was decided, and what else the search met.
package struct JudgedPaths: Sendable {
    /// In the order of the search.
    package internal(set) var paths: [JudgedPath] = []
    /// Where the search got no further: before, between and after the paths.
    package internal(set) var deadEnds: [DeadEnd] = []
    /// Paths of the peer, or of lists' signers, that are valid to us and not to the second judge: to be counted and told.
    package internal(set) var disagreements: [PathDisagreement] = []
    /// Why there is no path.
    package internal(set) var failure: PathFailure?

    init() {}

    /// The position of the path whose decision is the judgement; nil when the failure is.
    package var deciding: Int? {
        if failure != nil { return nil }
        return paths.lastIndex { $0.outcome.isFinal } ?? paths.indices.first
    }

    package var judgement: Judgement {
        if let failure { return .noPath(failure) }
        guard let deciding else { preconditionFailure("a search ended without a path and without a failure") }
        switch paths[deciding].outcome {
        case .success(let decided):
            let provers = paths.flatMap { (try? $0.outcome.get().provers) ?? [] }
            return .decided(decided.path, decided.verdict, provers: provers)
        case .failure(let failure): return .noPath(failure)
        }
    }
}

extension Result<JudgedPath.Decided, PathFailure> {
    /// Whether no other path to the same leaf could change the answer for the better.
    var isFinal: Bool {
        switch self {
        case .failure: false
        case .success(let decided): decided.verdict.isFinal
        }
    }
}

extension Verdict {
    /// As of its path.
    var isFinal: Bool {
        switch self {
        case .permit: true
        // Once its record is at hand, the device's next attempt is offered the other paths.
        case .pending: true
        case .refuse(let refusal): refusal.isFinal
        }
    }
}

extension Refusal {
    fileprivate var isFinal: Bool {
        switch reason {
        case .revoked: depth == 0
        // Another anchor's lists may know, and another anchor may vouch.
        case .revocationUnknown, .revocationStale, .unrevocable, .identityOutOfScope, .identityMissing: false
        case .noCertificate, .malformedCertificate, .unknownCA, .pathInvalid, .notYetValid, .expired, .wrongPurpose,
            .weakAlgorithm, .constraintViolated, .identityAmbiguous, .deviceUnknown, .deviceProvisioned, .deviceQuarantined,
            .deviceDisabled, .deviceRetired, .credentialSuperseded, .credentialNotBound, .certificateTooOld,
            .certificateLifetimeTooLong, .cloneSuspected, .noPolicy, .networkNotAllowed, .tlsTooOld, .postureNotMet,
            .outsideTimeWindow, .sessionLimit, .senderMismatch, .routeNotAllowed, .messageNotAllowed, .protocolError,
            .workLimit, .overload, .rateLimited, .handshakeFailed, .handshakeTimeout, .upstreamUnavailable,
            .upstreamUntrusted, .clockUntrusted, .snapshotStale, .internalError:
            true
        }
    }
}
