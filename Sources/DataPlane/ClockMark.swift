import PKITypes

/// The latest wall-clock time that was seen and is believed: a clock that says less was set wrongly, or is wrong now.
package struct ClockMark: Hashable, Sendable {
    /// How far the clock may be behind the mark. A time service corrects by less; and a certificate that is not valid yet by a
    /// clock so little behind is of a CA that issues it while the device waits.
    package static let toleranceSeconds: Int64 = 60
    /// A clock that runs ahead of the monotonic one by more was set.
    static let leapSeconds: Int64 = 60
    /// A clock that was set forward has to stay there for so long before the mark follows: a slip that is put right by then
    /// leaves no trace, and nobody is refused for it.
    static let leapProbationSeconds: Int64 = 600

    package private(set) var latest: UnixSeconds
    /// What to add to the monotonic clock for the time that goes on from the mark. Nanoseconds, as all clocks here.
    private(set) var offset: Int64
    private var leaptAt: Int64?

    /// - Parameter kept: the mark of the run before.
    package init(kept: UnixSeconds?, wall: Int64, monotonic: Int64) {
        latest = UnixSeconds(nanoseconds: wall)
        offset = wall - monotonic
        guard let kept, kept > latest else { return }
        latest = kept
        offset = kept.nanoseconds - monotonic
    }

    package func trusts(_ wall: UnixSeconds) -> Bool { latest - wall <= Self.toleranceSeconds }

    /// Takes note of what the clocks say, now and then.
    package mutating func observe(wall nanoseconds: Int64, monotonic: Int64) {
        let wall = UnixSeconds(nanoseconds: nanoseconds)
        guard wall >= latest else {
            leaptAt = nil
            return
        }
        let expected = max(latest, UnixSeconds(nanoseconds: monotonic + offset))
        let since = leaptAt ?? monotonic
        if wall - expected <= Self.leapSeconds || monotonic - since >= Self.leapProbationSeconds * 1_000_000_000 {
            believe(wall: nanoseconds, monotonic: monotonic)
        } else {
            leaptAt = since
            latest = expected
        }
    }

    /// An operator says that the clock is right, and that the mark was not.
    package mutating func believe(wall: Int64, monotonic: Int64) {
        latest = UnixSeconds(nanoseconds: wall)
        offset = wall - monotonic
        leaptAt = nil
    }
}

extension UnixSeconds {
    /// The last second that has begun.
    init(nanoseconds: Int64) {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        self.init(rest < 0 ? seconds - 1 : seconds)
    }

    /// Far from what a word holds: two times can be added.
    fileprivate var nanoseconds: Int64 { min(max(rawValue, 0), Self.farthest) * 1_000_000_000 }

    /// The year 2106.
    private static let farthest: Int64 = 1 << 32
}
