import EventLoop

/// Notices that many connections of a loop have ended, and then has what they held given back to the system: the C library would
/// keep it for the next burst.
final class MemoryEbb: TimerHandler {
    /// Fewer hold too little (some 30 MB) to make every later allocation ask the system again.
    private static let connections = 1000
    /// Connections that end together end within this time.
    private static let seconds = 2.0

    private let loop: EventLoop
    private let giveBack: () -> Void
    private var count = 0
    /// Since memory was last given back.
    private var highest = 0
    private lazy var timer = Timer(loop: loop, handler: self)

    /// - Parameter giveBack: takes a while, and must not take it on the loop.
    init(loop: EventLoop, giveBack: @escaping () -> Void) {
        self.loop = loop
        self.giveBack = giveBack
    }

    func note(_ count: Int) {
        self.count = count
        highest = max(highest, count)
        if highest >= Self.connections, count <= highest / 2, !timer.isArmed { timer.start(afterSeconds: Self.seconds) }
    }

    func fired(_ timer: Timer) {
        guard count <= highest / 2 else { return }
        highest = count
        giveBack()
    }
}

@available(*, unavailable)
extension MemoryEbb: Sendable {}
