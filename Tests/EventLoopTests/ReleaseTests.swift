import EventLoop
import Testing

@Suite("What a loop owned is gone with it")
struct ReleaseTests {
    @Test("loop, watcher, timers and reader are released, used or not", arguments: [false, true])
    func noCycles(used: Bool) throws {
        let pair = try ConnectedPair()
        weak var loop: EventLoop?
        weak var watcher: IOWatcher?
        weak var timer: Timer?
        weak var idle: IdleTimer?
        weak var reader: MailboxReader<Int>?
        let mailbox = Mailbox<Int>()
        do {
            let aLoop = EventLoop()
            let probe = ReadinessProbe()
            let timers = TimerProbe()
            let aWatcher = IOWatcher(loop: aLoop, descriptor: pair.near.raw, handler: probe)
            let aTimer = Timer(loop: aLoop, handler: timers)
            let anIdle = IdleTimer(loop: aLoop, handler: timers)
            let aReader = mailbox.attach(to: aLoop) { [unowned aLoop] _ in aLoop.stop() }
            if used {
                aWatcher.interest = [.read, .write]
                aWatcher.feed()
                aTimer.start(afterSeconds: 60)
                anIdle.start(limitSeconds: 60)
                mailbox.post(1)
                aLoop.run()
            }
            (loop, watcher, timer, idle, reader) = (aLoop, aWatcher, aTimer, anIdle, aReader)
            withExtendedLifetime((probe, timers, aReader)) {}
            #expect(loop != nil)
        }
        #expect(loop == nil)
        #expect(watcher == nil)
        #expect(timer == nil)
        #expect(idle == nil)
        #expect(reader == nil)
    }
}
