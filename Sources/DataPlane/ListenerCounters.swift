import Observability
import PKITypes

/// What one loop counts for one listener. Written by the loop alone, read by whoever exposes metrics.
package final class ListenerCounters: Sendable {
    package let accepted = Counter()
    package let fullHandshakes = Counter()
    package let resumedHandshakes = Counter()
    package let failedHandshakes = Counter()
    package let admitted = Counter()
    /// Admitted because the listener only reports; by position in `RefusalReason.allCases`.
    package let wouldRefuse = CounterTable(count: RefusalReason.allCases.count)
    /// Live sessions of which that became true.
    package let wouldCut = CounterTable(count: RefusalReason.allCases.count)
    /// By position in `RefusalReason.allCases`.
    package let refused = CounterTable(count: RefusalReason.allCases.count)
    /// By position in `SessionEnd.all`.
    package let ended = CounterTable(count: SessionEnd.all.count)
    package let octetsFromDevices = Counter()
    package let octetsToDevices = Counter()
    package let pathVerdictHits = Counter()
    package let pathVerdictMisses = Counter()
    package let pathVerdictEvictions = Counter()
    /// Sessions that devices offered: known and permitted, not known (any more), known and not permitted now.
    package let sessionHits = Counter()
    package let sessionMisses = Counter()
    package let sessionRefusals = Counter()
    package let sessionsKept = Counter()
    package let decisionSeconds = LatencyHistogram()
    package let handshakeSeconds = LatencyHistogram()

    package init() {}

    func countRefusal(_ reason: RefusalReason) { refused.add(at: Self.position(of: reason)) }

    /// - Parameter observed: why enforcement would have refused.
    func countAdmission(observed: RefusalReason?) {
        guard let observed else { return admitted.add() }
        wouldRefuse.add(at: Self.position(of: observed))
    }

    func countWouldCut(_ reason: RefusalReason) { wouldCut.add(at: Self.position(of: reason)) }

    func countEnd(_ end: SessionEnd) { ended.add(at: Self.endPositions[end] ?? 0) }

    private static let refusalPositions = Dictionary(
        uniqueKeysWithValues: RefusalReason.allCases.enumerated().map { ($1, $0) }
    )
    private static let endPositions = Dictionary(uniqueKeysWithValues: SessionEnd.all.enumerated().map { ($1, $0) })

    private static func position(of reason: RefusalReason) -> Int { refusalPositions[reason] ?? 0 }
}

/// What one loop counts for itself.
package final class LoopCounters: Sendable {
    /// Publication of a snapshot → the last session that it ended is closed. Only snapshots that ended one are counted.
    package let enforcementSeconds = LatencyHistogram()
    package let acceptPauses = Counter()
    /// Paths that one judge calls valid and the other does not.
    package let verdictDisagreements = Counter()

    package init() {}
}
