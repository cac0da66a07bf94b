import PKITypes

/// A credential as an export writes it: a JSON object of texts.
enum CredentialText {
    static func members(of credential: Credential) -> [(name: String, value: String)] {
        [
            ("anchor", credential.id.anchorEntry), ("issuer", credential.id.issuer.display),
            ("issuer_canonical", Hexadecimal.lowerCase(credential.id.issuer.canonical)),
            ("serial", credential.id.serial.description), ("key", credential.key.description),
            ("not_before", credential.validity.notBefore.text), ("not_after", credential.validity.notAfter.text),
            ("first_seen", credential.firstSeen.text), ("last_seen", credential.lastSeen.text),
            ("standing", text(of: credential.standing)),
        ]
    }

    /// Nil when something is missing or cannot be read.
    static func credential(_ node: JSONNode) -> Credential? {
        func text(_ name: String) -> String? { node[name]?.text }
        func moment(_ name: String) -> UnixSeconds? { text(name).flatMap { UnixSeconds(text: $0) } }
        guard let anchor = text("anchor"), let display = text("issuer"),
            let canonical = text("issuer_canonical").flatMap({ Hexadecimal.octets($0) }),
            let serial = text("serial").flatMap({ Hexadecimal.octets($0) }).flatMap({ SerialNumber(octets: $0) }),
            let key = text("key").flatMap({ KeyFingerprint(text: $0) }),
            let notBefore = moment("not_before"), let notAfter = moment("not_after"), let firstSeen = moment("first_seen"),
            let lastSeen = moment("last_seen"), let standing = text("standing").flatMap(standing(in:))
        else { return nil }
        let issuer = DistinguishedName(canonical: canonical, display: display)
        return Credential(
            id: CredentialID(anchorEntry: anchor, issuer: issuer, serial: serial), key: key,
            validity: Validity(notBefore: notBefore, notAfter: notAfter), firstSeen: firstSeen, lastSeen: lastSeen,
            standing: standing)
    }

    static func text(of standing: CredentialStanding) -> String {
        switch standing {
        case .current: "current"
        case .overlapping(let until): "overlapping until \(until.text)"
        case .superseded: "superseded"
        case .dead(.revoked(let reason, let listIssued)): "revoked \(reason.name) by a list of \(listIssued.text)"
        case .dead(.deviceRetired): "device-retired"
        }
    }

    static func standing(in text: String) -> CredentialStanding? {
        let words = text.split(separator: " ")
        switch words.first {
        case "current" where words.count == 1: return .current
        case "superseded" where words.count == 1: return .superseded
        case "device-retired" where words.count == 1: return .dead(.deviceRetired)
        case "overlapping" where words.count == 3:
            return UnixSeconds(text: words[2]).map { .overlapping(until: $0) }
        case "revoked" where words.count == 7:
            guard let reason = RevocationReason.allCases.first(where: { $0.name == words[1] }),
                let listIssued = UnixSeconds(text: words[6])
            else { return nil }
            return .dead(.revoked(reason, listIssued: listIssued))
        default: return nil
        }
    }
}
