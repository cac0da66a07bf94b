import PKITypes
import PathValidation
import VerificationCore
import X509

/// Something that was tried beside the path that decided, and why it did not do.
package struct PathAttempt: Sendable {
    package enum Kind: Hashable, Sendable {
        /// The search got no further; the certificate at fault, when it is one's.
        case deadEnd(DeadEnd.Culprit?)
        /// A valid path whose decision was not the last word.
        case path([CertificateFact], anchorEntry: String)
        /// A path that is valid to us and not to OpenSSL.
        case disagreement([CertificateFact])
    }

    /// Whether it was met before or after the path that decided.
    package enum Turn: String, Sendable { case before, after }

    package let kind: Kind
    package let turn: Turn
    package let reason: RefusalReason
    package let detail: String

    /// In the order in which they were met.
    static func all(_ judged: JudgedPaths, _ request: ExplanationRequest) -> [PathAttempt] {
        var attempts: [PathAttempt] = []
        var told = 0
        func tell(_ deadEnds: [DeadEnd], _ turn: Turn) {
            attempts += deadEnds.dropFirst(told).map { end in
                PathAttempt(kind: .deadEnd(end.culprit), turn: turn, reason: end.fault.reason, detail: end.fault.description)
            }
            told = max(told, deadEnds.count)
        }
        for (position, judgedPath) in judged.paths.enumerated() {
            let turn: Turn = judged.deciding.map { position > $0 } ?? false ? .after : .before
            tell(judgedPath.path.deadEnds, turn)
            if position != judged.deciding { attempts.append(PathAttempt(judgedPath, turn, request)) }
        }
        tell(judged.deadEnds, judged.deciding == nil ? .before : .after)
        if let failure = judged.failure, let disagreement = failure.disagreement {
            let certificates = facts(disagreement.certificates.compactMap { try? Certificate(der: $0) }, under: nil, request)
            attempts.append(
                PathAttempt(kind: .disagreement(certificates), turn: .before, reason: failure.reason, detail: failure.diagnosis))
        }
        return attempts
    }

    static func facts(_ path: [Certificate], under anchorEntry: String?, _ request: ExplanationRequest) -> [CertificateFact] {
        path.map { CertificateFact($0, under: anchorEntry, request) }
    }

    private init(kind: Kind, turn: Turn, reason: RefusalReason, detail: String) {
        self.kind = kind
        self.turn = turn
        self.reason = reason
        self.detail = detail
    }

    private init(_ judged: JudgedPath, _ turn: Turn, _ request: ExplanationRequest) {
        let entry = judged.path.anchorEntry
        let kind = Kind.path(Self.facts(judged.path.certificates, under: entry, request), anchorEntry: entry)
        switch judged.outcome {
        case .failure(let failure): self.init(kind: kind, turn: turn, reason: failure.reason, detail: failure.diagnosis)
        case .success(let decided):
            guard case .refuse(let refusal) = decided.verdict else {
                preconditionFailure("a path that admits, or waits for a record, is the last word")
            }
            let text = RefusalText.detail(refusal, of: decided.path)
            self.init(kind: kind, turn: turn, reason: refusal.reason, detail: text)
        }
    }
}
