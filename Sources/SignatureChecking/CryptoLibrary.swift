import COpenSSL

/// An OpenSSL library context. Every loop has its own, so that no lock and no cache line of OpenSSL is shared by two cores.
// SAFETY: the context is created and freed here and never changed in between; OpenSSL guards what lies inside it.
package final class CryptoLibrary: @unchecked Sendable {
    package let context: OpaquePointer

    package init() {
        guard let context = OSSL_LIB_CTX_new() else { preconditionFailure("out of memory for an OpenSSL library context") }
        self.context = context
    }

    deinit { OSSL_LIB_CTX_free(context) }
}
