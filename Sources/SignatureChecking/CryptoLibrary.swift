import CLeanProvider
import COpenSSL
import Synchronization

/// An OpenSSL library context. Every loop has its own, so that cores do not share the tables and locks of one; its provider
/// lists no more than mutual TLS needs, which makes decoding a certificate cheap.
///
/// A context is never freed but kept for the next owner: OpenSSL 3.0 leaves in every thread that drew random octets from a
/// context a destructor that reaches into it, and runs it at that thread's end or the process's. Freed by another thread
/// meanwhile, the context would be read after its end.
// SAFETY: the context is never changed while it is owned; OpenSSL guards what lies inside it.
package final class CryptoLibrary: @unchecked Sendable {
    package let context: OpaquePointer
    private let library: OpaquePointer

    private static let idle = Mutex<[Idle]>([])

    // SAFETY: nobody has the library while it is in here, and a library context may be used by any thread.
    private struct Idle: @unchecked Sendable { let library: OpaquePointer }

    package init() {
        guard let library = Self.idle.withLock({ $0.popLast()?.library }) ?? CLeanProvider_new() else {
            preconditionFailure("OpenSSL has no default provider, or no memory")
        }
        self.library = library
        context = CLeanProvider_context(library)
    }

    deinit {
        let kept = Idle(library: library)
        Self.idle.withLock { $0.append(kept) }
    }
}
