import COpenSSL
import COpenSSLShims

/// What a peer sends, decoded by OpenSSL.
final class OpenSSLChain {
    let leaf: OpaquePointer
    let untrusted = COpenSSLShims_certificates_new()
    private let issuing: OpaquePointer

    init(leaf: [UInt8], issuing: [UInt8]) throws {
        guard let leaf = Self.certificate(leaf), let issuing = Self.certificate(issuing) else {
            throw Disagreement(question: "certificates that OpenSSL reads")
        }
        self.leaf = leaf
        self.issuing = issuing
        COpenSSLShims_certificates_push(untrusted, issuing)
    }

    deinit {
        COpenSSLShims_certificates_free(untrusted)
        X509_free(leaf)
        X509_free(issuing)
    }

    static func certificate(_ der: [UInt8]) -> OpaquePointer? {
        der.withUnsafeBufferPointer { octets in
            var cursor = octets.baseAddress
            return d2i_X509(nil, &cursor, octets.count)
        }
    }
}
