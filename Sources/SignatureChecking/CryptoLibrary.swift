import COpenSSL
import Synchronization

/// An OpenSSL library context. Every loop has its own, so that no lock and no cache line of OpenSSL is shared by two cores.
///
/// A context is never freed but kept for the next owner: OpenSSL 3.0 leaves in every thread that drew random octets from a
/// context a destructor that reaches into it, and runs it at that thread's end or the process's. Freed by another thread
/// meanwhile, the context would be read after its end.
// SAFETY: the context is never changed while it is owned; OpenSSL guards what lies inside it.
package final class CryptoLibrary: @unchecked Sendable {
    package let context: OpaquePointer

    private static let idle = Mutex<[IdleContext]>([])

    // SAFETY: nobody has the context while it is in here, and a library context may be used by any thread.
    private struct IdleContext: @unchecked Sendable { let context: OpaquePointer }

    package init() {
        if let kept = Self.idle.withLock({ $0.popLast() }) {
            context = kept.context
            return
        }
        guard let context = OSSL_LIB_CTX_new() else { preconditionFailure("out of memory for an OpenSSL library context") }
        self.context = context
    }

    deinit {
        let kept = IdleContext(context: context)
        Self.idle.withLock { $0.append(kept) }
    }
}
