import Configuration
import OfflineVerification
import PKITypes
import PathValidation
import RevocationLists
import VerificationCore
import X509

extension Explanation {
    /// One JSON document in one line, without its end. Keys that do not apply are null.
    package var json: String { JSONLine.text(document) }

    package var document: JSONValue {
        .object([
            "config": .string(request.configurationFile),
            "listener": .string(request.listener.name),
            "trust": .strings(request.listener.trust),
            "at": .moment(request.moment),
            "from": .text(request.source?.text),
            "tls_version": .string(request.tlsVersion.rawValue),
            "leaf": leaf?.json ?? .null,
            "path": path.isEmpty
                ? .null
                : .object([
                    "trust_anchor": .text(anchorEntry),
                    "certificates": .array(zip(path.indices, path).map { depth, fact in fact.json(depth: depth) }),
                ]),
            "tried": .array(attempts.map(\.json)),
            "revocation": .array(revocation.map(\.json)),
            "identity": identity?.json ?? .null,
            "policy": policy?.json ?? .null,
            "verdict": outcome.json,
        ])
    }
}

extension CertificateFact {
    fileprivate func json(depth: Int) -> JSONValue {
        guard case .object(let members) = json else { return json }
        return .object(members.merging(["depth": .integer(Int64(depth))]) { $1 })
    }

    fileprivate var json: JSONValue {
        let (source, entry, file): (String, String?, String?) =
            switch self.source {
            case .presented: ("presented", nil, nil)
            case .intermediate(let entry, let file): ("intermediate", entry, file)
            case .anchor(let entry, let file): ("anchor", entry, file)
            }
        return .object([
            "subject": .string(subject.display),
            "issuer": .string(issuer.display),
            "serial": .string(serial.description),
            "not_before": .moment(validity.notBefore),
            "not_after": .moment(validity.notAfter),
            "sha256": .string(fingerprint.description),
            "source": .string(source),
            "source_trust_anchor": .text(entry),
            "source_file": .text(file),
            "presented": .boolean(isPresented),
        ])
    }
}

extension PathAttempt {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "turn": .string(turn.rawValue), "reason": .string(reason.rawValue), "detail": .string(detail),
            "subject": .null, "serial": .null, "source": .null, "certificates": .null, "trust_anchor": .null,
        ]
        switch kind {
        case .deadEnd(let culprit):
            members["kind"] = .string("dead-end")
            guard let culprit else { break }
            members["subject"] = .string(culprit.subject.display)
            members["serial"] = .string(culprit.serial.description)
            members["source"] = .string(culprit.origin.word)
        case .path(let certificates, let entry):
            members["kind"] = .string("path")
            members["trust_anchor"] = .string(entry)
            members["certificates"] = .array(zip(certificates.indices, certificates).map { $1.json(depth: $0) })
        case .disagreement(let certificates):
            members["kind"] = .string("disagreement")
            members["certificates"] = .array(zip(certificates.indices, certificates).map { $1.json(depth: $0) })
        }
        return .object(members)
    }
}

extension CandidateCertificate.Origin {
    fileprivate var word: String {
        switch self {
        case .presented: "presented"
        case .intermediate: "intermediate"
        case .anchor: "anchor"
        }
    }
}

extension RevocationFinding {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "depth": .integer(Int64(depth)), "serial": .string(certificate.serial.description),
            "issuer": .string(certificate.issuer.display), "status": .string(word), "effect": .string(effect.rawValue),
            "list": list?.json ?? .null, "revoked_at": .null, "revocation_reason": .null, "cause": .null,
            "stale_seconds": .null, "names_revocation_source": .boolean(certificate.namesRevocationSource),
        ]
        switch status {
        case .good, .unconfirmed: break
        case .revoked(let entry, _):
            members["revoked_at"] = .moment(entry.revokedAt)
            members["revocation_reason"] = .string(entry.reason.name)
        case .stale(_, let seconds): members["stale_seconds"] = .integer(seconds)
        case .unknown(let cause, _): members["cause"] = .string(cause.code)
        }
        return .object(members)
    }
}

extension IndexedList {
    fileprivate var json: JSONValue {
        .object([
            "issuer": .string(issuer.display),
            "number": .text(number?.description),
            "this_update": .moment(thisUpdate),
            "next_update": .moment(nextUpdate),
            "source": .string(source),
            "delta_base": .text(deltaBase?.description),
            "limited": .boolean(scope != nil),
            "proven": .boolean(isProven),
        ])
    }
}

extension IdentityFinding {
    fileprivate var json: JSONValue {
        let problem: String? =
            switch identity {
            case .success: nil
            case .failure(.missing): "missing"
            case .failure(.ambiguous): "ambiguous"
            case .failure(.malformed): "malformed"
            }
        let (vouched, patterns): (Bool?, [String]) =
            switch vouching {
            case .anything: (true, [])
            case .pattern(let pattern): (true, [pattern])
            case .nothing(let patterns): (false, patterns)
            case .notAsked: (nil, [])
            }
        return .object([
            "kind": .string(source.rawValue),
            "value": .text((try? identity.get())?.text),
            "problem": .text(problem),
            "extraction": .string(extraction),
            "subject_alternative_names": names.map { names in
                .array(
                    names.map { .object(["kind": .string($0.kind), "value": .string($0.text), "read": .boolean($0.isRead)]) })
            } ?? .null,
            "vouched_for": vouched.map(JSONValue.boolean) ?? .null,
            "vouching_patterns": .strings(patterns),
            "lifetime_seconds": .integer(lifetimeSeconds),
            "warned_lifetime_seconds": warnedLifetimeSeconds.map(JSONValue.integer) ?? .null,
            "maximum_lifetime_seconds": .integer(maximumLifetimeSeconds),
        ])
    }
}

extension PolicyFinding {
    fileprivate var json: JSONValue {
        let requirements = (match?.requirements ?? []).map { requirement -> JSONValue in
            .object([
                "key": .string(requirement.key),
                "detail": .string(requirement.text),
                "result": .string(requirement.result.rawValue),
            ])
        }
        return .object([
            "name": .text(match?.name),
            "pattern": .text(match?.pattern),
            "unmet": .text(match?.unmet?.rawValue),
            "requirements": .array(requirements),
            "not_matched": .array(passed.map { .object(["name": .string($0.name), "why": .string($0.why)]) }),
            "not_matched_count": .integer(Int64(passedCount)),
        ])
    }
}

extension Outcome {
    fileprivate var json: JSONValue {
        .object([
            "decision": .string(decision.rawValue),
            "reason": .string(reason),
            "detail": .string(detail),
            "step": .text(step?.rawValue),
            "depth": depth.map { .integer(Int64($0)) } ?? .null,
            "alert": alert.map { .object(["code": .integer(Int64($0.code)), "name": .string($0.name)]) } ?? .null,
            "permanence": .text(permanence?.word),
            "fault": .text(fault?.rawValue),
            "warnings": .strings(warnings),
            "next": .string(next),
        ])
    }
}

extension JSONValue {
    fileprivate static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    fileprivate static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
    fileprivate static func moment(_ moment: UnixSeconds) -> JSONValue { .string(moment.text) }
}
