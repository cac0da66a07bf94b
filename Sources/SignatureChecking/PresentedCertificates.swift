import COpenSSL
import COpenSSLShims
import PKITypes
import PathValidation
import X509

/// What a peer presented: its leaf, and the certificates beside it in any order, as OpenSSL holds them.
///
/// Borrowed from a handshake for as long as its verify callback runs, or owned when made from bytes.
package struct PresentedCertificates {
    let leaf: OpaquePointer
    let others: [OpaquePointer]
    /// Those of the others that our reader can read.
    let readable: ReadableCertificates
    private let owned: [OpenSSLCertificate]

    /// - Parameter context: the `X509_STORE_CTX` of a verify callback.
    package init?(storeContext context: OpaquePointer) {
        guard let leaf = X509_STORE_CTX_get0_cert(context) else { return nil }
        self.leaf = leaf
        let stack = X509_STORE_CTX_get0_untrusted(context)
        others = (0..<COpenSSLShims_certificates_count(stack)).compactMap { COpenSSLShims_certificates_value(stack, $0) }
        readable = ReadableCertificates(others)
        owned = []
    }

    /// Bytes that OpenSSL cannot decode are left out, as a path may exist without them; nil when the leaf is among them.
    package init?(leaf: [UInt8], others: [[UInt8]], library: CryptoLibrary? = nil) {
        guard let leaf = OpenSSLCertificate(der: leaf, library: library) else { return nil }
        // One more than a search looks at, so that it knows.
        let others = others.prefix(WorkBudget.maximumPresented + 1).compactMap { OpenSSLCertificate(der: $0, library: library) }
        self.leaf = leaf.pointer
        self.others = others.map(\.pointer)
        readable = ReadableCertificates(self.others)
        owned = [leaf] + others
    }

    /// SHA-256 over everything that was presented, in its order.
    package var fingerprint: Fingerprint { sha256Fingerprint(ofAll: [leaf] + others) }

    package var leafBytes: [UInt8] { derBytes(of: leaf) }
}

/// The certificates beside a leaf as our reader sees them: read when a path is first searched, and once for all searches.
final class ReadableCertificates {
    private let presented: [OpaquePointer]
    private var read: [(handle: OpaquePointer, candidate: CandidateCertificate)]?

    init(_ presented: [OpaquePointer]) { self.presented = presented }

    /// In the order of the peer; the first is `presented(1)` to a search.
    ///
    /// - Parameter known: what was read of the same octets before: most devices bring certificates of authorities that others
    ///   brought, or that are configured.
    func all(_ known: ([UInt8]) -> Certificate?) -> [(handle: OpaquePointer, candidate: CandidateCertificate)] {
        if let read { return read }
        var all: [(handle: OpaquePointer, candidate: CandidateCertificate)] = []
        for handle in presented.prefix(WorkBudget.maximumPresented + 1) {
            let bytes = derBytes(of: handle)
            guard let certificate = known(bytes) ?? (try? Certificate(der: bytes)) else { continue }
            all.append((handle, CandidateCertificate(certificate, origin: .presented(all.count + 1))))
        }
        read = all
        return all
    }
}
