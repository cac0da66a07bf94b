/// Which live sessions of a loop wait to be decided again, and for which snapshots that is done.
///
/// Sessions are taken one by one, and decided by the snapshot of that moment: one that comes while others wait joins them. Only
/// when nobody waits any more has every snapshot that came until then reached every session that it may speak of.
struct PendingDecisions {
    /// What came of one snapshot so far.
    struct Pass: Equatable {
        let generation: UInt64
        /// CLOCK_MONOTONIC, in nanoseconds.
        let publishedAt: UInt64
        var examined = 0
        var cut = 0
        var lastCutAt: UInt64 = 0
    }

    private(set) var passes: [Pass] = []
    /// Which pass the waiting sessions are counted for; nil: no snapshot's.
    private var owner: Int?
    private var named: [UInt32] = []
    private var taken = 0
    /// Places from here on wait, too, up to the second number.
    private var rest = 0..<0

    init() {}

    var isEmpty: Bool { taken == named.count && rest.isEmpty }

    /// What is added from here on is counted for this snapshot.
    mutating func begin(_ pass: Pass) { passes.append(pass) }

    mutating func add(_ place: UInt32) {
        owner = passes.indices.last
        named.append(place)
    }

    /// All places below `count`. Whoever comes to one later is decided by the snapshot of then.
    mutating func addAll(below count: Int) {
        owner = passes.indices.last
        named.removeAll(keepingCapacity: true)
        taken = 0
        rest = 0..<count
    }

    /// The next place; those that were named come first, because somebody waits for them to be cut.
    mutating func next() -> UInt32? {
        if taken < named.count {
            taken += 1
            return named[taken - 1]
        }
        return rest.popFirst().map(UInt32.init)
    }

    mutating func noteKept() { if let owner { passes[owner].examined += 1 } }

    mutating func noteCut(at moment: UInt64) {
        guard let owner else { return }
        passes[owner].examined += 1
        passes[owner].cut += 1
        passes[owner].lastCutAt = moment
    }

    /// The snapshots that every session has heard of now. Only when nobody waits.
    mutating func finish() -> [Pass] {
        precondition(isEmpty, "sessions wait for their decision")
        named.removeAll()
        taken = 0
        owner = nil
        defer { passes = [] }
        return passes
    }
}
