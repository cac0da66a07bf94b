import EventLoop
import Testing

@Suite("Timers fire once, not early, and not after stop")
struct TimerTests {
    private let loop = EventLoop()

    @Test("fires after its time, in order of time, and again when armed again")
    func order() {
        let watchdog = Watchdog(loop)
        var order: [String] = []
        let late = TimerProbe()
        let early = TimerProbe()
        let lateTimer = Timer(loop: loop, handler: late)
        let earlyTimer = Timer(loop: loop, handler: early)
        late.onFired = { [loop] in
            order.append("late")
            loop.stop()
        }
        early.onFired = {
            order.append("early")
            if early.calls < 3 { earlyTimer.start(afterSeconds: 0.01) }
        }
        let start = MonotonicClock.nanoseconds()
        lateTimer.start(afterSeconds: 0.2)
        earlyTimer.start(afterSeconds: 0.01)
        withExtendedLifetime(watchdog) { loop.run() }
        #expect(order == ["early", "early", "early", "late"])
        #expect(MonotonicClock.nanoseconds() - start >= 199_000_000)
        #expect(!lateTimer.isArmed)
    }

    @Test("a loop that was created long before does not make its first timer fire early")
    func staleLoopTime() {
        pause(milliseconds: 150)
        let probe = TimerProbe()
        let timer = Timer(loop: loop, handler: probe)
        probe.onFired = { [loop] in loop.stop() }
        let start = MonotonicClock.nanoseconds()
        timer.start(afterSeconds: 0.1)
        loop.run()
        #expect(MonotonicClock.nanoseconds() - start >= 99_000_000)
    }

    @Test("stopped before its time, or in the iteration in which it came, it does not fire")
    func stopped() {
        let watchdog = Watchdog(loop)
        let probes = (0..<3).map { _ in TimerProbe() }
        let timers = probes.map { Timer(loop: loop, handler: $0) }
        for probe in probes { probe.onFired = { for timer in timers { timer.stop() } } }
        for timer in timers.prefix(2) { timer.start(afterSeconds: 0.01) }
        timers[2].start(afterSeconds: 0.02)
        timers[2].stop()
        let end = TimerProbe()
        let endTimer = Timer(loop: loop, handler: end)
        end.onFired = { [loop] in loop.stop() }
        endTimer.start(afterSeconds: 0.1)
        withExtendedLifetime((watchdog, endTimer)) { loop.run() }
        #expect(probes.reduce(0) { $0 + $1.calls } == 1)
    }

    @Test("starting an armed timer moves it")
    func moved() {
        let watchdog = Watchdog(loop)
        let probe = TimerProbe()
        let timer = Timer(loop: loop, handler: probe)
        probe.onFired = { [loop] in loop.stop() }
        timer.start(afterSeconds: 5)
        timer.start(afterSeconds: 0.01)
        let start = MonotonicClock.nanoseconds()
        withExtendedLifetime(watchdog) { loop.run() }
        #expect(probe.calls == 1)
        #expect(MonotonicClock.nanoseconds() - start < 2_000_000_000)
    }

    @Test("an idle timer fires one limit after the last touch, not after the first")
    func idle() {
        let watchdog = Watchdog(loop)
        let probe = TimerProbe()
        let idle = IdleTimer(loop: loop, handler: probe)
        let touches = TimerProbe()
        let toucher = Timer(loop: loop, handler: touches)
        var lastTouch: UInt64 = 0
        touches.onFired = {
            idle.touch()
            lastTouch = MonotonicClock.nanoseconds()
            if touches.calls < 8 { toucher.start(afterSeconds: 0.05) }
        }
        probe.onFired = { [loop] in loop.stop() }
        idle.start(limitSeconds: 0.2)
        toucher.start(afterSeconds: 0.05)
        withExtendedLifetime(watchdog) { loop.run() }
        #expect(touches.calls == 8)
        #expect(probe.calls == 1)
        // The coarse clock may be one tick behind.
        #expect(MonotonicClock.nanoseconds() - lastTouch >= 190_000_000)
    }

    @Test("a stopped idle timer is silent")
    func idleStopped() {
        let probe = TimerProbe()
        let idle = IdleTimer(loop: loop, handler: probe)
        idle.start(limitSeconds: 0.01)
        idle.stop()
        let end = TimerProbe()
        let endTimer = Timer(loop: loop, handler: end)
        end.onFired = { [loop] in loop.stop() }
        endTimer.start(afterSeconds: 0.05)
        withExtendedLifetime(endTimer) { loop.run() }
        #expect(probe.calls == 0)
        #expect(end.calls == 1)
    }
}
