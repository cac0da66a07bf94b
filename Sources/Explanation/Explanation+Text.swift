import Configuration
import PKITypes
import PathValidation
import VerificationCore
import X509

extension Explanation {
    /// For people, at most 100 columns wide where words allow it.
    package var text: String {
        var page = TextPage()
        page.line("\(outcome.title.uppercased): \(outcome.detail)")
        page.row("listener", "\(request.listener.name), trusting \(request.listener.trust.joined(separator: ", "))")
        page.row("config", request.configurationFile)
        let source = request.source.map(\.text) ?? "an address that was not said (--from)"
        page.row("device", "from \(source), with \(request.tlsVersion.rawValue), at \(request.moment.text)")
        if let obstacle { page.row("handshake", "fails before anything below is asked: \(obstacle.description)") }
        writePath(&page)
        writeRevocation(&page)
        writeIdentity(&page)
        writePolicy(&page)
        writeVerdict(&page)
        return page.text
    }

    /// What a decision does not reach is told all the same: the next refusal, once this one is mended.
    private func heading(_ step: DecisionStep, _ title: String, _ page: inout TextPage) {
        page.blank()
        let mark: String
        switch outcome.step {
        case step?: mark = "   <-- refused here"
        case let refusing? where refusing < step: mark = "   (not reached: the refusal comes before)"
        default: mark = ""
        }
        page.line(title + mark)
    }

    private func writePath(_ page: inout TextPage) {
        if let anchorEntry {
            heading(.path, "1 PATH to trust anchor \(anchorEntry)", &page)
        } else {
            heading(.path, "1 PATH: none", &page)
            if let leaf { write(leaf, "leaf", &page) }
        }
        for (depth, certificate) in path.enumerated() { write(certificate, "depth \(depth)", &page) }
        for turn in [PathAttempt.Turn.before, .after] {
            let some = attempts.filter { $0.turn == turn }
            guard !some.isEmpty else { continue }
            page.line(anchorEntry == nil ? "tried:" : "tried \(turn.rawValue) it:", indent: 2)
            for attempt in some { page.line("- " + attempt.text, indent: 4) }
        }
        if deadEndCount >= DeadEnd.maximumCount { page.line("(a search remembers \(DeadEnd.maximumCount) dead ends)", indent: 4) }
    }

    private func write(_ certificate: CertificateFact, _ label: String, _ page: inout TextPage) {
        page.row(label, certificate.subject.shown)
        page.row("issuer", certificate.issuer.shown, indent: 4)
        page.row("serial", certificate.serial.description, indent: 4)
        page.row("valid", "\(certificate.validity.notBefore.text) to \(certificate.validity.notAfter.text)", indent: 4)
        page.row("from", certificate.sourceText, indent: 4)
    }

    private func writeRevocation(_ page: inout TextPage) {
        guard identity != nil else { return }
        heading(.revocation, revocation.isEmpty ? "2 REVOCATION: nothing below the anchor" : "2 REVOCATION", &page)
        for finding in revocation {
            page.row("depth \(finding.depth)", finding.sentence)
            guard let list = finding.list else { continue }
            page.row("list", list.title, indent: 4)
            page.row("dated", "\(list.thisUpdate.text), next update \(list.nextUpdate.text)", indent: 4)
            page.row("from", list.source, indent: 4)
        }
    }

    private func writeIdentity(_ page: inout TextPage) {
        guard let identity else { return }
        let name = (try? identity.identity.get())?.text ?? "none"
        heading(.identity, "3 IDENTITY \(name)", &page)
        page.row("read as", identity.extraction)
        for name in (identity.names ?? []).prefix(IdentityFinding.maximumNamesInText) {
            page.row("name", "\(name.kind) \(name.text)\(name.isRead ? "" : " (not read)")", indent: 4)
        }
        let more = (identity.names?.count ?? 0) - IdentityFinding.maximumNamesInText
        if more > 0 { page.row("name", "and \(more) more", indent: 4) }
        page.row("vouching", identity.vouchingText(anchorEntry ?? ""))
        page.row("lifetime", identity.lifetime)
    }

    private func writePolicy(_ page: inout TextPage) {
        guard identity != nil else { return }
        guard let policy else {
            heading(.policy, "4 POLICY: none is asked without an identity", &page)
            return
        }
        heading(.policy, "4 POLICY \(policy.match?.name ?? "none matches")", &page)
        for passed in policy.passed { page.row("no match", "\(passed.name): \(passed.why)") }
        let more = policy.passedCount - policy.passed.count
        if more > 0 { page.row("no match", "and \(more) more before it") }
        guard let match = policy.match else { return }
        page.row("matches", match.pattern ?? "every identity")
        for requirement in match.requirements {
            page.row(requirement.result.word, "\(requirement.key) \(requirement.text)")
        }
        if match.requirements.isEmpty { page.row("requires", "nothing more") }
    }

    private func writeVerdict(_ page: inout TextPage) {
        page.blank()
        page.line("5 VERDICT \(outcome.title.plain)")
        page.row("why", outcome.detail)
        if let alert = outcome.alert { page.row("alert", "\(alert.text), as the device reads it") }
        if let permanence = outcome.permanence { page.row("lasts", permanence.sentence) }
        if let fault = outcome.fault { page.row("fault", fault.rawValue) }
        if !outcome.warnings.isEmpty { page.row("warnings", outcome.warnings.joined(separator: ", ")) }
        page.row("next", outcome.next)
        if outcome.decision == .admitted {
            page.row("not asked", "whether the device holds the key, the limits of the listener, the upstream")
        }
    }
}

extension Explanation {
    private var deadEndCount: Int { attempts.count { if case .deadEnd = $0.kind { true } else { false } } }
}

extension Outcome {
    /// For the first line, and for the last paragraph.
    fileprivate var title: (uppercased: String, plain: String) {
        switch decision {
        case .admitted: ("ADMITTED", "admitted")
        case .refused: ("REFUSED \(reason)", "refused: \(reason)")
        }
    }
}

extension IdentityFinding {
    fileprivate static let maximumNamesInText = 8

    fileprivate func vouchingText(_ anchorEntry: String) -> String {
        switch vouching {
        case .anything: "\(anchorEntry) vouches for any identity"
        case .pattern(let pattern): "\(anchorEntry) vouches for \(pattern)"
        case .nothing(let patterns): "\(anchorEntry) does not vouch for it, only for \(patterns.joined(separator: ", "))"
        case .notAsked: "not asked: there is no identity"
        }
    }
}

extension PolicyFinding.Requirement.Result {
    fileprivate var word: String {
        switch self {
        case .met: "met"
        case .unmet: "NOT MET"
        case .notAsked: "not asked"
        }
    }
}

extension Permanence {
    fileprivate var sentence: String {
        switch self {
        case .permanent: "permanent: something has to change first"
        case .temporary: "temporary: trying again later can help"
        }
    }
}

extension DistinguishedName {
    /// An empty subject is lawful.
    var shown: String { display.isEmpty ? "(no name)" : display }
}
