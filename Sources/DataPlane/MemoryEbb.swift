import EventLoop

/// Notices that a loop's connections have come or gone in numbers and that it is over, and then has freed memory given back to
/// the system: the C library would keep it for the next time, buffers of handshakes under all the sessions that came of them too.
final class MemoryEbb: TimerHandler {
    /// Fewer leave too little behind to make later allocations ask the system again.
    private static let changes = 1000
    /// How often it is looked whether it is over.
    private static let seconds = 1.0
    /// Of the busiest time: less is quiet.
    private static let quietShare = 10

    private let loop: EventLoop
    private let giveBack: () -> Void
    /// Since memory was last given back, the same when it was last looked, and the most between two looks.
    private var changed = 0
    private var seen = 0
    private var busiest = 0
    private lazy var timer = Timer(loop: loop, handler: self)

    /// - Parameter giveBack: takes a while, and must not take it on the loop.
    init(loop: EventLoop, giveBack: @escaping () -> Void) {
        self.loop = loop
        self.giveBack = giveBack
    }

    /// A connection came or went.
    func noteChange() {
        changed += 1
        if changed == Self.changes { timer.start(afterSeconds: Self.seconds) }
    }

    func fired(_ timer: Timer) {
        let recent = changed - seen
        busiest = max(busiest, recent)
        guard recent * Self.quietShare < busiest else {
            seen = changed
            return timer.start(afterSeconds: Self.seconds)
        }
        (changed, seen, busiest) = (0, 0, 0)
        giveBack()
    }
}

@available(*, unavailable)
extension MemoryEbb: Sendable {}
