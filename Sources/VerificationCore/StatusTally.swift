import PKITypes
import X509

/// Adds up what the lists say of one certificate, reason by reason, until every reason is covered (RFC 5280 §6.3.3).
///
/// Of fixed size: a decision allocates nothing.
struct StatusTally {
    private let now: UnixSeconds
    private var revoked: RevocationStatus?
    private var unconfirmed: RevocationStatus?
    /// For each reason, by how many seconds the best list that covers it is late; 0 is current, `.max` is none.
    private var lateness = SIMD8<Int64>(repeating: .max)
    private var deciders = InlineArray<8, IndexedList?>(repeating: nil)
    private var cause = RevocationStatus.Cause.noListForIssuer
    private var culprit: IndexedList?

    init(now: UnixSeconds) { self.now = now }

    mutating func add(_ answer: ListLineage.Answer, covering reasons: ReasonFlags) {
        switch answer {
        case .revoked(let entry, let list): if revoked == nil { revoked = .revoked(entry, list) }
        case .unconfirmed(let record, let list): if unconfirmed == nil { unconfirmed = .unconfirmed(record, list) }
        case .clear(let list, let until): cover(reasons, by: list, late: max(0, now - until))
        case .silent(let cause, let list): note(cause, list)
        }
    }

    mutating func note(_ other: RevocationStatus.Cause, _ list: IndexedList) {
        guard other.weight > cause.weight else { return }
        cause = other
        culprit = list
    }

    private mutating func cover(_ reasons: ReasonFlags, by list: IndexedList, late seconds: Int64) {
        for slot in 0..<ReasonFlags.count where reasons.contains(ReasonFlags(rawValue: 2 << UInt16(slot))) {
            guard seconds < lateness[slot] else { continue }
            lateness[slot] = seconds
            deciders[slot] = list
        }
    }

    /// Revoked by any list outranks everything; a list that may name it outranks every good one.
    var status: RevocationStatus {
        if let revoked { return revoked }
        if let unconfirmed { return unconfirmed }
        if cause.mayBeRevoked { return .unknown(cause, culprit) }
        var missing: ReasonFlags = []
        var worst = 0
        for slot in 0..<ReasonFlags.count {
            if lateness[slot] == .max { missing.insert(ReasonFlags(rawValue: 2 << UInt16(slot))) }
            if lateness[slot] >= lateness[worst] { worst = slot }
        }
        guard missing.isEmpty, let decider = deciders[worst] else {
            return missing == .all ? .unknown(cause, culprit) : .unknown(.reasonsIncomplete(missing: missing), culprit)
        }
        return lateness[worst] == 0 ? .good(decider) : .stale(decider, bySeconds: lateness[worst])
    }
}
