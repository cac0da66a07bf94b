import CLeanProvider
import COpenSSL

/// An OpenSSL library context. Every loop has its own, so that no lock and no cache line of OpenSSL is shared by two cores;
/// its provider lists no more than mutual TLS needs, which makes decoding a certificate cheap.
// SAFETY: the context is created and freed here and never changed in between; OpenSSL guards what lies inside it.
package final class CryptoLibrary: @unchecked Sendable {
    package let context: OpaquePointer
    private let library: OpaquePointer

    package init() {
        guard let library = CLeanProvider_new() else { preconditionFailure("OpenSSL has no default provider, or no memory") }
        self.library = library
        context = CLeanProvider_context(library)
    }

    deinit { CLeanProvider_free(library) }
}
