import EventLoop
import Glibc
import Testing

@Suite("A watcher tells readiness, and only what was asked for")
struct IOWatcherTests {
    private let loop = EventLoop()

    @Test("bytes make the other end readable; an idle socket is writable")
    func readiness() throws {
        let pair = try ConnectedPair()
        let watchdog = Watchdog(loop)
        var events: [String] = []
        let reads = ReadinessProbe { [loop] watcher, readable, writable in
            events.append("read \(readable) \(writable) \(receive(from: watcher.descriptor).text)")
            loop.stop()
        }
        let writes = ReadinessProbe { watcher, readable, writable in
            events.append("write \(readable) \(writable)")
            watcher.interest = []
            send("hello", to: watcher.descriptor)
        }
        let far = IOWatcher(loop: loop, descriptor: pair.far.raw, handler: reads)
        let near = IOWatcher(loop: loop, descriptor: pair.near.raw, handler: writes)
        far.interest = .read
        near.interest = [.read, .write]
        withExtendedLifetime((watchdog, far, near)) { loop.run() }
        #expect(events == ["write false true", "read true false hello"])
    }

    @Test("no interest, no callback: back-pressure holds although bytes wait, and ends when interest returns")
    func backPressure() throws {
        let pair = try ConnectedPair()
        send("waiting", to: pair.near.raw)
        let probe = ReadinessProbe { [loop] watcher, _, _ in
            watcher.stop()
            loop.stop()
        }
        let watcher = IOWatcher(loop: loop, descriptor: pair.far.raw, handler: probe)
        watcher.interest = .read
        watcher.interest = []
        let timers = TimerProbe()
        let timer = Timer(loop: loop, handler: timers)
        timers.onFired = {
            #expect(probe.calls == 0)
            watcher.interest = .read
        }
        timer.start(afterSeconds: 0.05)
        let watchdog = Watchdog(loop)
        withExtendedLifetime((watchdog, watcher, timer)) { loop.run() }
        #expect(timers.calls == 1)
        #expect(probe.calls == 1)
    }

    @Test("a watcher stopped in another's callback is not called, though its event was found in the same poll")
    func stoppedInTheSameIteration() throws {
        let pairs = [try ConnectedPair(), try ConnectedPair()]
        for pair in pairs { send("x", to: pair.near.raw) }
        pause(milliseconds: 20)
        var watchers: [IOWatcher] = []
        let probe = ReadinessProbe { [loop] called, _, _ in
            for watcher in watchers { watcher.stop() }
            loop.stop()
        }
        watchers = pairs.map { IOWatcher(loop: loop, descriptor: $0.far.raw, handler: probe) }
        for watcher in watchers { watcher.interest = .read }
        let watchdog = Watchdog(loop)
        withExtendedLifetime((watchdog, pairs)) { loop.run() }
        #expect(probe.calls == 1)
    }

    @Test("a fed watcher is called without bytes on the socket, and others get their turn in between")
    func feeding() throws {
        let busy = try ConnectedPair()
        let other = try ConnectedPair()
        let watchdog = Watchdog(loop)
        var order: [String] = []
        let feeder = ReadinessProbe { watcher, readable, _ in
            #expect(readable)
            order.append("fed")
            if order.count < 1000 { watcher.feed() }
        }
        let reader = ReadinessProbe { [loop] watcher, _, _ in
            order.append("other")
            watcher.stop()
            loop.stop()
        }
        let fed = IOWatcher(loop: loop, descriptor: busy.far.raw, handler: feeder)
        let readable = IOWatcher(loop: loop, descriptor: other.far.raw, handler: reader)
        send("x", to: other.near.raw)
        pause(milliseconds: 20)
        readable.interest = .read
        fed.feed()
        fed.feed()
        withExtendedLifetime((watchdog, readable)) { loop.run() }
        #expect(order.contains("other"))
        #expect(order.count <= 4, "the fed watcher kept the loop for itself: \(order.count)")
        fed.stop()
    }

    @Test("a change of interest in the same iteration does not lose what was fed")
    func feedSurvivesInterestChange() throws {
        let pairs = [try ConnectedPair(), try ConnectedPair()]
        let watchdog = Watchdog(loop)
        var watchers: [IOWatcher] = []
        var called: Set<Int32> = []
        let probe = ReadinessProbe { [loop] watcher, readable, _ in
            guard readable else { return watcher.interest.remove(.write).map { _ in } ?? () }
            called.insert(watcher.descriptor)
            for other in watchers where other !== watcher { other.interest = [.read] }
            if called.count == 2 { loop.stop() }
        }
        watchers = pairs.map { IOWatcher(loop: loop, descriptor: $0.far.raw, handler: probe) }
        for watcher in watchers { watcher.feed() }
        withExtendedLifetime((watchdog, pairs)) { loop.run() }
        #expect(called.count == 2)
        for watcher in watchers { watcher.stop() }
    }

    @Test("stopping or releasing a fed watcher withdraws it")
    func feedWithdrawn() throws {
        let pairs = [try ConnectedPair(), try ConnectedPair(), try ConnectedPair()]
        let probe = ReadinessProbe { [loop] _, _, _ in loop.stop() }
        var watchers = pairs.map { IOWatcher(loop: loop, descriptor: $0.far.raw, handler: probe) }
        for watcher in watchers { watcher.feed() }
        watchers[0].stop()
        watchers.remove(at: 1)
        let watchdog = Watchdog(loop)
        withExtendedLifetime((watchdog, watchers, pairs)) { loop.run() }
        #expect(probe.calls == 1)
    }

    @Test("the peer's reset shows as readiness, then as an error of the read")
    func reset() throws {
        let pair = try ConnectedPair()
        let watchdog = Watchdog(loop)
        var results: [IOResult] = []
        let probe = ReadinessProbe { [loop] watcher, readable, _ in
            #expect(readable)
            results.append(receive(from: watcher.descriptor).result)
            loop.stop()
        }
        let watcher = IOWatcher(loop: loop, descriptor: pair.far.raw, handler: probe)
        watcher.interest = .read
        try SocketOption.resetOnClose.apply(to: pair.near.raw)
        // dup2 closes the near end although the pair still owns the number.
        let spare = try SystemCall.streamSocket(for: loopback())
        #expect(dup2(spare.raw, pair.near.raw) == pair.near.raw)
        withExtendedLifetime((watchdog, watcher, pair)) { loop.run() }
        #expect(results == [.failed(errno: ECONNRESET)])
    }
}
