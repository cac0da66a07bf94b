import EventLoop
import Glibc
import Synchronization
import Testing

@Suite("A loop belongs to one thread, and signals belong to another")
struct LoopConfinementTests {
    @Test("use from another thread ends the process")
    func wrongThread() async {
        await #expect(processExitsWith: .failure) {
            let box = UncheckedBox(EventLoop())
            LoopThread.spawn(name: "other") { box.value.preconditionOnLoop() }.join()
        }
    }

    @Test("use from its own thread is accepted, run returns after stop and does not start again")
    func ownThread() {
        let loop = EventLoop()
        loop.preconditionOnLoop()
        loop.stop()
        loop.run()
        let watchdog = Watchdog(loop, seconds: 0.01)
        withExtendedLifetime(watchdog) { loop.run() }
    }

    @Test("a loop thread has its name, and blocks the signals that the main thread handles")
    func threadSetup() {
        let blocked = Mutex<Set<Int32>>([])
        let name = Mutex<String>("")
        let before = blockedSignals()
        let thread = LoopThread.spawn(name: "pulsegate-loop-with-a-long-name") {
            blocked.withLock { $0 = blockedSignals() }
            let file = OwnedDescriptor(adopting: open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC))
            name.withLock { $0 = receive(from: file.raw).text }
        }
        thread.join()
        #expect(blocked.withLock { $0 }.isSuperset(of: [SIGHUP, SIGTERM, SIGINT]))
        #expect(name.withLock { $0 } == "pulsegate-loop-\n")
        #expect(blockedSignals() == before, "the spawning thread keeps its own mask")
    }
}

private func blockedSignals() -> Set<Int32> {
    var mask = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &mask)
    return Set((1..<32).filter { sigismember(&mask, $0) == 1 })
}

// SAFETY: carries a loop to a thread on which its own check has to end the process.
private struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
