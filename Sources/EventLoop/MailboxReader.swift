/// The loop's end of a mailbox. Owned by the loop's thread; detaches when released.
package final class MailboxReader<Command: Sendable> {
    private let loop: EventLoop
    private let mailbox: Mailbox<Command>
    private let handler: (Command) -> Void
    private var watcher: AsyncWatcher?

    init(mailbox: Mailbox<Command>, loop: EventLoop, handler: @escaping (Command) -> Void) {
        self.loop = loop
        self.mailbox = mailbox
        self.handler = handler
        let watcher = AsyncWatcher(loop: loop) { [unowned self] in deliver() }
        self.watcher = watcher
        mailbox.setWaker(watcher.waker)
        // For what was posted before: those wake-ups found no loop.
        mailbox.wake()
    }

    deinit { detach() }

    /// No command reaches the handler after this; what is left waits for the next reader.
    package func detach() {
        guard watcher != nil else { return }
        loop.preconditionOnLoop()
        mailbox.setWaker(nil)
        watcher = nil
    }

    private func deliver() {
        let commands = mailbox.takeAll()
        for index in commands.indices {
            // A command may have detached us.
            guard watcher != nil else { return mailbox.putBack(commands[index...]) }
            handler(commands[index])
        }
    }
}

@available(*, unavailable)
extension MailboxReader: Sendable {}
