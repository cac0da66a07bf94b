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

/// The one engine: the gateway's handshake, `verify` and `explain` come through here.
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
    judgePaths(of: presented, engine, facts, snapshot, now: now).judgement
}

/// The judgement on a peer whose path was found before; nil when it takes a search: a list waits for the proof that the path
/// may bring, the path is read differently now, or another path could do better.
package func judge(
    known path: VerifiedPath, _ facts: ConnectionFacts, _ snapshot: VerificationSnapshot, now: UnixSeconds
) -> Judgement? {
    guard !snapshot.revocation.hasParkedLists(for: path.certificates, under: path.anchorEntry) else { return nil }
    let verdict = decide(path, facts, snapshot, now: now, moment: .admission)
    // Never of a path that is read differently now.
    if case .permit = verdict { return .decided(path, verdict, provers: []) }
    guard verdict.isFinal, snapshot.anchor(named: path.anchorEntry)?.identitySource == path.identitySource else { return nil }
    return .decided(path, verdict, provers: [])
}

/// As ``judge(_:_:_:_:now:)``, for whoever asks how the judgement was come by.
package func judgePaths<Engine: PathValidator & ListSignatureChecker & ListSignerSource>(
    of presented: Engine.Presented,
    _ engine: Engine,
    _ facts: ConnectionFacts,
    _ snapshot: VerificationSnapshot,
    now: UnixSeconds
) -> JudgedPaths {
    var judged = JudgedPaths()
    let signatures = ListSignatures(engine)
    var work = ListSignerWork()
    do throws(PathFailure) {
        let record = try engine.offerPaths(of: presented, at: now) { validated in
            let outcome = judge(validated, of: presented, signatures, &work, facts, snapshot, now: now)
            judged.paths.append(JudgedPath(path: validated, outcome: outcome))
            return outcome.isFinal || judged.paths.count == maximumPathsDecided ? .take : .seekAnother
        }
        judged.deadEnds = record.deadEnds
        judged.disagreements = record.disagreements
    } catch {
        judged.deadEnds = error.deadEnds
        judged.disagreements = error.disagreements
        // Once a path was decided, its verdict says more than why there is no other.
        if judged.paths.isEmpty { judged.failure = error }
    }
    judged.disagreements += work.disagreements
    return judged
}

/// Paths that are decided for one peer: more than any cross-signing offers.
package let maximumPathsDecided = 16

private func judge<Engine: ListSignatureChecker & ListSignerSource>(
    _ validated: ValidatedPath, of presented: Engine.Presented, _ signatures: ListSignatures<Engine>,
    _ work: inout ListSignerWork, _ facts: ConnectionFacts, _ snapshot: VerificationSnapshot, now: UnixSeconds
) -> Result<JudgedPath.Decided, PathFailure> {
    Result { () throws(PathFailure) in
        guard let entry = snapshot.anchor(named: validated.anchorEntry) else {
            throw PathFailure(reason: .unknownCA, diagnosis: "trust anchor \(validated.anchorEntry) is no longer configured")
        }
        let path = try VerifiedPath(validated, entry: entry)
        let proof = proveParkedLists(on: validated, path, presented, signatures, &work, snapshot, now: now)
        var verdict = decide(path, facts, snapshot, now: now, moment: .admission)
        // A list that was not proven for want of work might have revoked.
        if case .permit(let permit) = verdict, signatures.isExhausted || work.isExhausted {
            verdict = .refuse(Refusal(.workLimit, identity: permit.identity))
        }
        // The list might speak if its signer could be asked after: with the record at hand the next judgement knows.
        if let record = proof.unconfirmed, case .refuse(let refusal) = verdict, refusal.unknown != nil {
            verdict = .pending(.record(record))
        }
        return JudgedPath.Decided(path: path, verdict: verdict, provers: proof.provers)
    }
}
