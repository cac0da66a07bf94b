/// How long accepting rests when descriptors run out: each time twice as long, up to a bound, so that a loop neither spins on
/// a socket that stays readable nor stays deaf once descriptors are back.
struct AcceptBackoff {
    private static let firstSeconds = 0.05
    private static let lastSeconds = 1.0

    private var next = firstSeconds

    mutating func nextPauseSeconds() -> Double {
        defer { next = min(next * 2, Self.lastSeconds) }
        return next
    }

    mutating func succeeded() { next = Self.firstSeconds }
}
