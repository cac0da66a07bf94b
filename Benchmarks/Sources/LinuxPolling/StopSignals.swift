import CLoadShims
import Glibc

/// SIGINT and SIGTERM as a readable descriptor, so that a loop ends between two steps and still reports what it did.
package struct StopSignals: ~Copyable {
    private let descriptor: OwnedDescriptor

    package var raw: CInt { descriptor.raw }

    /// Blocks both signals in the calling thread; to be called before any other thread exists.
    package init() throws(SystemFailure) {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        let blocked = pthread_sigmask(SIG_BLOCK, &signals, nil)
        guard blocked == 0 else { throw SystemFailure("pthread_sigmask", code: blocked) }
        let raw = signalfd(-1, &signals, CInt(SFD_NONBLOCK | SFD_CLOEXEC))
        guard raw >= 0 else { throw SystemFailure("signalfd", code: errno) }
        descriptor = OwnedDescriptor(adopting: raw)
    }
}
