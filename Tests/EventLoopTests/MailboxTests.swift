import EventLoop
import Synchronization
import Testing

@Suite("A mailbox brings every command to the loop, in order")
struct MailboxTests {
    private enum Command: Sendable { case number(sender: Int, Int), stop }

    @Test("10 000 commands from two threads arrive complete and in each sender's order")
    func twoSenders() {
        let loop = EventLoop()
        let watchdog = Watchdog(loop)
        let mailbox = Mailbox<Command>()
        var received: [[Int]] = [[], []]
        let reader = mailbox.attach(to: loop) { command in
            guard case .number(let sender, let number) = command else { return }
            received[sender].append(number)
            if received[0].count + received[1].count == 10_000 { loop.stop() }
        }
        let senders = (0..<2).map { sender in
            LoopThread.spawn(name: "sender") {
                for number in 0..<5_000 { mailbox.post(.number(sender: sender, number)) }
            }
        }
        withExtendedLifetime((reader, watchdog)) { loop.run() }
        for sender in senders { sender.join() }
        #expect(received == [Array(0..<5_000), Array(0..<5_000)])
    }

    @Test("what was posted before a loop attached is delivered, a stop among it is not lost")
    func postedBefore() {
        let mailbox = Mailbox<Command>()
        mailbox.post(.number(sender: 0, 7))
        mailbox.post(.stop)
        let loop = EventLoop()
        let watchdog = Watchdog(loop)
        var numbers: [Int] = []
        let reader = mailbox.attach(to: loop) { command in
            switch command {
            case .number(_, let number): numbers.append(number)
            case .stop: loop.stop()
            }
        }
        #expect(numbers.isEmpty, "commands are delivered from within run() only")
        withExtendedLifetime((reader, watchdog)) { loop.run() }
        #expect(numbers == [7])
    }

    @Test("after detach nothing is delivered; the rest waits for the next reader")
    func detachMidway() {
        let mailbox = Mailbox<Int>()
        let loop = EventLoop()
        let watchdog = Watchdog(loop)
        for number in 1...5 { mailbox.post(number) }
        var first: [Int] = []
        var second: [Int] = []
        var reader: MailboxReader<Int>?
        reader = mailbox.attach(to: loop) { number in
            first.append(number)
            guard number == 2 else { return }
            reader?.detach()
            mailbox.post(6)
            reader = mailbox.attach(to: loop) { number in
                second.append(number)
                if number == 6 { loop.stop() }
            }
        }
        withExtendedLifetime(watchdog) { loop.run() }
        reader?.detach()
        #expect(first == [1, 2])
        #expect(second.sorted() == [3, 4, 5, 6])
    }

    @Test("posting to a mailbox whose loop is gone is harmless")
    func lateSender() {
        let mailbox = Mailbox<Int>()
        let posted = Atomic<Int>(0)
        let thread = LoopThread.spawn(name: "loop") {
            let loop = EventLoop()
            let reader = mailbox.attach(to: loop) { _ in loop.stop() }
            withExtendedLifetime(reader) { loop.run() }
        }
        mailbox.post(1)
        thread.join()
        for number in 0..<1000 {
            mailbox.post(number)
            posted.add(1, ordering: .relaxed)
        }
        #expect(posted.load(ordering: .relaxed) == 1000)
    }
}
