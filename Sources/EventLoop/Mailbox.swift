import CLibevShims
import Synchronization

/// Commands for a loop, in order, from any thread. What is posted before a loop attaches waits for it.
package final class Mailbox<Command: Sendable>: Sendable {
    private let queue = Mutex<[Command]>([])
    private let waker = Mutex<CLibevShims_waker?>(nil)

    package init() {}

    package func post(_ command: Command) {
        let wasEmpty = queue.withLock { queue in
            queue.append(command)
            return queue.count == 1
        }
        // Whoever made the queue non-empty wakes the loop; the loop takes all at once.
        if wasEmpty { wake() }
    }

    /// Delivers every command to `handler` on `loop`, from within `run()`, until the reader is detached or released.
    /// One reader at a time.
    package func attach(to loop: EventLoop, handler: @escaping (Command) -> Void) -> MailboxReader<Command> {
        MailboxReader(mailbox: self, loop: loop, handler: handler)
    }

    func wake() {
        // The lock is held across the wake-up, so that the reader cannot free the watcher meanwhile.
        waker.withLock { waker in
            if let waker { CLibevShims_wake(waker) }
        }
    }

    func setWaker(_ new: CLibevShims_waker?) {
        waker.withLock { waker in
            precondition(new == nil || waker == nil, "a mailbox has one reader at a time")
            waker = new
        }
    }

    func takeAll() -> [Command] {
        queue.withLock { queue in
            let taken = queue
            queue = []
            return taken
        }
    }

    func putBack(_ commands: ArraySlice<Command>) {
        queue.withLock { queue in queue.insert(contentsOf: commands, at: 0) }
    }
}
