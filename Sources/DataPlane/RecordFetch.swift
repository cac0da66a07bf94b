/// Where a connection stands with the records that its decision needs from the disk.
struct RecordFetch {
    enum Step { case begin, isUnderWay, givenUp }

    /// A path has a handful of certificates, each in a handful of lists; and what was read may be forgotten again by a system
    /// that is short of memory.
    private static let maximumFetches = 32

    private var count = 0
    private var isUnderWay = false

    mutating func next() -> Step {
        if isUnderWay { return .isUnderWay }
        guard count < Self.maximumFetches else { return .givenUp }
        count += 1
        isUnderWay = true
        return .begin
    }

    mutating func ended() { isUnderWay = false }

    /// The decision was made.
    mutating func reset() { count = 0 }
}
