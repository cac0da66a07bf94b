/// When a loop may cut the next of many sessions.
///
/// To end a session costs about as much as to relay a message there and back, and more in all the others who hear of it. So
/// those whose turn comes are cut one by one, in as much time as nobody minds; whoever waits longer than that is cut as fast as
/// turns go. A single one waits for nothing.
///
/// Moments are of CLOCK_MONOTONIC, in nanoseconds.
struct CutPace {
    /// Between two cuts: 600 in the patient time, and between any two room for the relays of others.
    static var interval: UInt64 { 250_000 }
    /// Well below the quarter of a second in which a thousand sessions of two loops have to end.
    static var patience: UInt64 { 150_000_000 }

    /// Since somebody waits; nil: nobody does.
    private var since: UInt64?
    private var nextCut: UInt64 = 0

    init() {}

    /// Somebody waits.
    mutating func begin(at moment: UInt64) {
        guard since == nil else { return }
        since = moment
        nextCut = moment
    }

    /// Nobody waits any more.
    mutating func end() { since = nil }

    /// A turn that came late makes up for it.
    mutating func noteCut() { nextCut += Self.interval }

    /// Until another may be cut; 0: now.
    func pause(at moment: UInt64) -> UInt64 {
        guard let since, moment < since + Self.patience, moment < nextCut else { return 0 }
        return nextCut - moment
    }
}
