import CLinuxShims
import Glibc
import Synchronization

/// A thread for one loop, which leaves the process's signals to the main thread.
package final class LoopThread: Sendable {
    private let handle: pthread_t
    private let joined = Atomic<Bool>(false)

    private init(handle: pthread_t) { self.handle = handle }

    deinit {
        if !joined.load(ordering: .relaxed) { pthread_detach(handle) }
    }

    /// Stack of a loop thread. OpenSSL's deepest verification stays below 100 KiB; the rest is margin.
    package static let defaultStackBytes = 1 << 20

    /// Starts `body` on a new thread. Names longer than the kernel's 15 bytes are cut.
    package static func spawn(
        name: String, stackBytes: Int = defaultStackBytes, body: @escaping @Sendable () -> Void
    ) -> LoopThread {
        ignoreBrokenPipes()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        precondition(pthread_attr_setstacksize(&attributes, stackBytes) == 0, "no thread has \(stackBytes) bytes of stack")

        // A thread inherits the mask, so there is no moment at which it could take a signal.
        var previous = sigset_t()
        var blocked = loopSignals()
        pthread_sigmask(SIG_BLOCK, &blocked, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }

        var handle = pthread_t()
        let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
        let failure = pthread_create(&handle, &attributes, runThread, start.toOpaque())
        precondition(failure == 0, "no thread for a loop: errno \(failure)")
        return LoopThread(handle: handle)
    }

    /// Waits for the body to return. Once.
    package func join() {
        precondition(!joined.exchange(true, ordering: .relaxed), "a thread is joined twice")
        let failure = pthread_join(handle, nil)
        precondition(failure == 0, "thread cannot be joined: errno \(failure)")
    }

    /// OpenSSL writes with write(2), which has no MSG_NOSIGNAL.
    package static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

    private static func loopSignals() -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGHUP, SIGTERM, SIGINT] { sigaddset(&set, number) }
        return set
    }
}

private final class ThreadStart: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = String(decoding: name.utf8.prefix(15), as: UTF8.self)
        self.body = body
    }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { preconditionFailure("a thread starts without its body") }
    let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
    _ = CLinuxShims_name_this_thread(start.name)
    start.body()
    return nil
}
