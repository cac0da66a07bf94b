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
package func judge<Engine: PathValidator & ListSignatureChecker & ListSignerSource>(
    _ presented: Engine.Presented,
    _ engine: Engine,
    _ facts: ConnectionFacts,
    _ snapshot: VerificationSnapshot,
    now: UnixSeconds
) -> Judgement {
    do throws(PathFailure) {
        let validated = try engine.validate(presented, at: now)
        guard let entry = snapshot.anchor(named: validated.anchorEntry) else {
            throw PathFailure(reason: .unknownCA, diagnosis: "trust anchor \(validated.anchorEntry) is no longer configured")
        }
        let path = try VerifiedPath(validated, entry: entry, now: now)
        let provers = proveParkedLists(on: validated, path, presented, engine, snapshot, now: now)
        return .decided(path, decide(path, facts, snapshot, now: now, moment: .admission), provers: provers)
    } catch {
        return .noPath(error)
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
