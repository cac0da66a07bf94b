import EventLoop

/// A thread that does what it is handed, in order, and is always the same one.
///
/// Each thread has its own share of the C library's memory, and what is freed there stays with it: a reload that met another
/// thread of a pool each time would leave its traces with all of them.
final class ControlThread: Sendable {
    private enum Work: Sendable {
        case run(@Sendable () -> Void)
        case stop
    }

    private let mailbox: Mailbox<Work>
    private let thread: LoopThread

    init(name: String) {
        let mailbox = Mailbox<Work>()
        self.mailbox = mailbox
        thread = LoopThread.spawn(name: name) {
            let loop = EventLoop()
            let reader = mailbox.attach(to: loop) { work in
                switch work {
                case .run(let body): body()
                case .stop: loop.stop()
                }
            }
            loop.run()
            reader.detach()
        }
    }

    /// The thread ends by itself, when what it was handed is done.
    deinit { mailbox.post(.stop) }

    func async(_ body: @escaping @Sendable () -> Void) { mailbox.post(.run(body)) }
}
