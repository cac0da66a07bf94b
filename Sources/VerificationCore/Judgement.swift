import PKITypes
import PathValidation
import X509

/// The whole judgement on what a peer presented: path, proof of the lists that speak of it, decision.
package enum Judgement: Sendable {
    case noPath(PathFailure)
    case decided(VerifiedPath, Verdict, provers: [ListProver])
}

/// A CA certificate of a validated path whose key proved parked lists; remembered, it proves the issuer's next list on arrival.
package struct ListProver: Hashable, Sendable {
    package let anchorEntry: String
    package let certificate: [UInt8]

    package init(anchorEntry: String, certificate: [UInt8]) {
        self.anchorEntry = anchorEntry
        self.certificate = certificate
    }
}

/// Checks a list's signature with the public key of an issuer's certificate.
package protocol ListSignatureChecker {
    func isSigned(_ signature: ListSignature, by issuer: [UInt8]) -> Bool
}

/// The one engine: the gateway's handshake and the offline `verify` both come through here.
///
/// The first path that admits the peer is taken. A refusal that comes from the path, an authority revoked or a status that its
/// lists do not tell, is not the last word: the next path is tried. What is said of the leaf is final.
package func judge<Engine: PathValidator & ListSignatureChecker & ListSignerSource>(
    _ presented: Engine.Presented,
    _ engine: Engine,
    _ facts: ConnectionFacts,
    _ snapshot: VerificationSnapshot,
    now: UnixSeconds
) -> Judgement {
    var judgements: [Result<Decided, PathFailure>] = []
    do throws(PathFailure) {
        try engine.offerPaths(of: presented, at: now) { validated in
            let judgement = judge(validated, of: presented, engine, facts, snapshot, now: now)
            judgements.append(judgement)
            return judgement.isFinal || judgements.count == maximumPathsDecided ? .take : .seekAnother
        }
    } catch {
        // Once a path was decided, its verdict says more than why there is no other; a disagreement may not be passed over.
        if judgements.isEmpty || error.disagreement != nil { return .noPath(error) }
    }
    guard let answer = judgements.last(where: \.isFinal) ?? judgements.first else {
        preconditionFailure("a search ended without a path and without a failure")
    }
    switch answer {
    case .success(let decided):
        let provers = judgements.flatMap { (try? $0.get().provers) ?? [] }
        return .decided(decided.path, decided.verdict, provers: provers)
    case .failure(let failure): return .noPath(failure)
    }
}

/// Paths that are decided for one peer: more than any cross-signing offers.
private let maximumPathsDecided = 16

private struct Decided {
    let path: VerifiedPath
    let verdict: Verdict
    let provers: [ListProver]
}

private func judge<Engine: ListSignatureChecker & ListSignerSource>(
    _ validated: ValidatedPath, of presented: Engine.Presented, _ engine: Engine, _ facts: ConnectionFacts,
    _ snapshot: VerificationSnapshot, now: UnixSeconds
) -> Result<Decided, PathFailure> {
    Result { () throws(PathFailure) in
        guard let entry = snapshot.anchor(named: validated.anchorEntry) else {
            throw PathFailure(reason: .unknownCA, diagnosis: "trust anchor \(validated.anchorEntry) is no longer configured")
        }
        let path = try VerifiedPath(validated, entry: entry, now: now)
        let proof = proveParkedLists(on: validated, path, presented, engine, snapshot, now: now)
        var verdict = decide(path, facts, snapshot, now: now, moment: .admission)
        // The list might speak if its signer could be asked after: with the record at hand the next judgement knows.
        if let record = proof.unconfirmed, case .refuse(let refusal) = verdict, refusal.unknown != nil {
            verdict = .pending(record)
        }
        return Decided(path: path, verdict: verdict, provers: proof.provers)
    }
}

extension Result<Decided, PathFailure> {
    /// Whether no other path to the same leaf could change the answer for the better.
    fileprivate var isFinal: Bool {
        guard case .success(let decided) = self else { return false }
        switch decided.verdict {
        case .permit: return true
        // Once its record is at hand, the device's next attempt is offered the other paths.
        case .pending: return true
        case .refuse(let refusal): return refusal.isFinal
        }
    }
}

extension Refusal {
    fileprivate var isFinal: Bool {
        switch reason {
        case .revoked: return depth == 0
        // Another anchor's lists may know, and another anchor may vouch.
        case .revocationUnknown, .revocationStale, .unrevocable, .identityOutOfScope, .identityMissing: return false
        default: return true
        }
    }
}

/// Marks the list proven when this issuer may sign lists (RFC 5280 §6.3.3 (f): cRLSign, where keyUsage is present) and did.
@discardableResult
package func prove(_ list: IndexedList, with issuer: Certificate, _ der: [UInt8], _ checker: some ListSignatureChecker) -> Bool {
    guard issuer.subject == list.issuer, issuer.extensions.keyUsage?.contains(.cRLSign) ?? true else { return false }
    guard checker.isSigned(list.signature, by: der) else { return false }
    list.markProven()
    return true
}
