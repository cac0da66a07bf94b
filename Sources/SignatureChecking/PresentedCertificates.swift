import COpenSSL
import COpenSSLShims
import PKITypes

/// What a peer presented: its leaf, and the certificates beside it in any order, as OpenSSL holds them.
///
/// Borrowed from a handshake for as long as its verify callback runs, or owned when made from bytes.
package struct PresentedCertificates {
    let leaf: OpaquePointer
    let others: [OpaquePointer]
    private let owned: [OpenSSLCertificate]

    /// - Parameter context: the `X509_STORE_CTX` of a verify callback.
    package init?(storeContext context: OpaquePointer) {
        guard let leaf = X509_STORE_CTX_get0_cert(context) else { return nil }
        self.leaf = leaf
        let stack = X509_STORE_CTX_get0_untrusted(context)
        others = (0..<COpenSSLShims_certificates_count(stack)).compactMap { COpenSSLShims_certificates_value(stack, $0) }
        owned = []
    }

    /// Bytes that OpenSSL cannot decode are left out, as a path may exist without them; nil when the leaf is among them.
    package init?(leaf: [UInt8], others: [[UInt8]], library: CryptoLibrary? = nil) {
        guard let leaf = OpenSSLCertificate(der: leaf, library: library) else { return nil }
        let others = others.compactMap { OpenSSLCertificate(der: $0, library: library) }
        self.leaf = leaf.pointer
        self.others = others.map(\.pointer)
        owned = [leaf] + others
    }

    /// SHA-256 over everything that was presented, in its order.
    package var fingerprint: Fingerprint { sha256Fingerprint(([leaf] + others).flatMap(derBytes)) }

    package var leafBytes: [UInt8] { derBytes(of: leaf) }
}
