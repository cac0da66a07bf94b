import EventLoop
import VerificationCore

/// Does for the loops what they must not do: waits for a disk, and frees what is large.
final class BlockingThread: Sendable {
    private enum Work: Sendable {
        case fetch(UnconfirmedRecord, DecisionID, Mailbox<LoopCommand>)
        case release(VerificationSnapshot)
        case giveMemoryBack(CachedPieces)
        case stop
    }

    private let mailbox: Mailbox<Work>
    private let thread: LoopThread

    init() {
        let mailbox = Mailbox<Work>()
        self.mailbox = mailbox
        thread = LoopThread.spawn(name: "blocking") {
            let loop = EventLoop()
            let retired = RetiredSnapshots(loop: loop)
            let reader = mailbox.attach(to: loop) { work in
                switch work {
                case .fetch(let record, let id, let asker):
                    record.fetch()
                    asker.post(.recordFetched(id))
                case .release(let snapshot): retired.add(snapshot)
                case .giveMemoryBack(let pieces): pieces.giveBack()
                case .stop: loop.stop()
                }
            }
            loop.run()
            reader.detach()
        }
    }

    /// Reads the record and tells the loop.
    func fetch(_ record: UnconfirmedRecord, for id: DecisionID, tell asker: Mailbox<LoopCommand>) {
        mailbox.post(.fetch(record, id, asker))
    }

    /// Takes over what a loop no longer needs.
    func release(_ snapshot: VerificationSnapshot) { mailbox.post(.release(snapshot)) }

    /// Of the whole process, and what the calling loop has at hand.
    func giveMemoryBack() { mailbox.post(.giveMemoryBack(CachedPieces.ofThisThread())) }

    func stop() {
        mailbox.post(.stop)
        thread.join()
    }
}

/// Snapshots that no loop decides by any more, until nobody can be the last to let go of them but this thread.
private final class RetiredSnapshots: TimerHandler {
    /// Longer than the callback lasts in which a loop hands a snapshot over.
    private static let graceSeconds = 0.1

    private var waiting: [VerificationSnapshot] = []
    private var leaving: [VerificationSnapshot] = []
    private let loop: EventLoop
    private lazy var timer = Timer(loop: loop, handler: self)

    init(loop: EventLoop) { self.loop = loop }

    func add(_ snapshot: VerificationSnapshot) {
        waiting.append(snapshot)
        if !timer.isArmed { timer.start(afterSeconds: Self.graceSeconds) }
    }

    func fired(_ timer: Timer) {
        // What came just before the timer fired waits for the next time.
        leaving = waiting
        waiting = []
        if !leaving.isEmpty { timer.start(afterSeconds: Self.graceSeconds) }
    }
}

@available(*, unavailable)
extension RetiredSnapshots: Sendable {}
