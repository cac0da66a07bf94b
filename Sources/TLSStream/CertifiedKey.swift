import COpenSSL
import COpenSSLShims
import SignatureChecking

/// A certificate chain and its private key as read from PEM: what an end of a TLS connection shows of itself.
package struct CertifiedKey: Hashable, Sendable {
    /// PEM, the own certificate first.
    package let chain: [UInt8]
    /// PEM.
    package let key: [UInt8]

    package init(chain: [UInt8], key: [UInt8]) {
        self.chain = chain
        self.key = key
    }

    /// The same with the key's digest in the key's place: it can be compared and kept for that, and is of no other use.
    package var withDigestForKey: CertifiedKey { CertifiedKey(chain: chain, key: sha256Fingerprint(key).octets) }

    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case noCertificate(String)
        case noKey(String)
        case keyDoesNotMatch(String)
        case refused(String)

        package var description: String {
            switch self {
            case .noCertificate(let cause): "holds no usable certificate: \(cause)"
            case .noKey(let cause): "holds no usable private key: \(cause)"
            case .keyDoesNotMatch(let cause): "the private key does not belong to the certificate: \(cause)"
            case .refused(let cause): "OpenSSL refuses the certificate: \(cause)"
            }
        }
    }

    /// Makes it one of the context's identities. Several may be installed when their key types differ.
    package func install(in context: OpaquePointer, library: CryptoLibrary) throws(Failure) {
        OpenSSLErrorQueue.clear()
        let (certificates, end) = Self.certificates(in: chain, library: library)
        defer { certificates.forEach(X509_free) }
        guard let leaf = certificates.first else { throw .noCertificate(end?.text ?? "no cause given") }
        // Without the rest of its chain the certificate would be refused by peers, much later and far from here.
        guard end?.isEndOfPEM ?? true else { throw .noCertificate("certificate \(certificates.count + 1): \(end?.text ?? "")") }
        guard let privateKey = Self.privateKey(in: key) else { throw .noKey(OpenSSLErrorQueue.takeText()) }
        defer { EVP_PKEY_free(privateKey) }
        guard X509_check_private_key(leaf, privateKey) == 1 else { throw .keyDoesNotMatch(OpenSSLErrorQueue.takeText()) }
        guard SSL_CTX_use_certificate(context, leaf) == 1, SSL_CTX_use_PrivateKey(context, privateKey) == 1 else {
            throw .refused(OpenSSLErrorQueue.takeText())
        }
        for issuer in certificates.dropFirst() {
            guard COpenSSLShims_context_add_chain_certificate(context, issuer) == 1 else {
                throw .refused(OpenSSLErrorQueue.takeText())
            }
        }
    }

    private static func certificates(
        in pem: [UInt8],
        library: CryptoLibrary
    ) -> (certificates: [OpaquePointer], end: OpenSSLErrorQueue.Entry?) {
        guard let source = BIO_new_mem_buf(pem, Int32(clamping: pem.count)) else { return ([], OpenSSLErrorQueue.take()) }
        defer { BIO_free(source) }
        var certificates: [OpaquePointer] = []
        while true {
            var certificate = X509_new_ex(library.context, nil)
            guard PEM_read_bio_X509(source, &certificate, nil, nil) != nil, let certificate else {
                // Nil after a block that is broken, still ours after the last one.
                X509_free(certificate)
                break
            }
            certificates.append(certificate)
        }
        return (certificates, OpenSSLErrorQueue.take())
    }

    /// In the default library context: ours decode public keys only. OpenSSL hands the key over at its first signature.
    private static func privateKey(in pem: [UInt8]) -> OpaquePointer? {
        guard let source = BIO_new_mem_buf(pem, Int32(clamping: pem.count)) else { return nil }
        defer { BIO_free(source) }
        // An encrypted key must fail, not ask at a terminal.
        return PEM_read_bio_PrivateKey_ex(source, nil, refusePassphrase, nil, nil, nil)
    }
}

private let refusePassphrase: @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 = {
    _, _, _, _ in -1
}
