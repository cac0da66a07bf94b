import PKITypes
import PathValidation
import SignatureChecking

/// Which paths the two judges are known to disagree about, so that the log holds each once: anybody may replay a certificate
/// as often as they like, and its path is long.
struct DisagreementLedger {
    /// More than a fault of one judge shows at a time. A full ledger starts anew.
    static let capacity = 64

    private var told: Set<Fingerprint> = []

    /// Whether it is news.
    mutating func note(_ disagreement: PathDisagreement) -> Bool {
        if told.count >= Self.capacity { told.removeAll(keepingCapacity: true) }
        return told.insert(sha256Fingerprint(disagreement.certificates.flatMap(\.self))).inserted
    }
}
