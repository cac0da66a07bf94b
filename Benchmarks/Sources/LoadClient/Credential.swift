import COpenSSL
import Glibc

/// One device's certificate, private key and the chain it sends; parsed once, shared by all of its connections.
package final class Credential {
    private let leaf: OpaquePointer
    private let key: OpaquePointer
    private let chain: OpaquePointer

    /// `chainFile` absent: the certificates that follow the leaf in `certificateFile` are the chain.
    package init(certificateFile: String, keyFile: String, chainFile: String?) throws(SetupFailure) {
        var certificates = try Self.readCertificates(certificateFile)
        let leaf = certificates.removeFirst()
        if let chainFile {
            certificates.forEach { X509_free($0) }
            certificates = try Self.readCertificates(chainFile)
        }
        guard let key = Self.readKey(keyFile) else { throw .unusable(file: keyFile, reason: takeOpenSSLReason()) }
        guard X509_check_private_key(leaf, key) == 1 else {
            ERR_clear_error()
            throw .keyMismatch(certificate: certificateFile, key: keyFile)
        }
        guard let chain = OPENSSL_sk_new_null() else { preconditionFailure("OpenSSL has no memory for a stack") }
        for certificate in certificates { OPENSSL_sk_push(chain, UnsafeRawPointer(certificate)) }
        self.leaf = leaf
        self.key = key
        self.chain = chain
    }

    deinit {
        X509_free(leaf)
        EVP_PKEY_free(key)
        while let certificate = OPENSSL_sk_pop(chain) { X509_free(OpaquePointer(certificate)) }
        OPENSSL_sk_free(chain)
    }

    /// The connection holds references; nothing is decoded again.
    func install(on ssl: OpaquePointer) {
        let installed = SSL_use_cert_and_key(ssl, leaf, key, chain, 1)
        precondition(installed == 1, "a credential that was checked at start is refused: \(takeOpenSSLReason())")
    }

    private static func readCertificates(_ file: String) throws(SetupFailure) -> [OpaquePointer] {
        guard let bio = BIO_new_file(file, "r") else {
            ERR_clear_error()
            throw .unusable(file: file, reason: String(cString: strerror(errno)))
        }
        defer { BIO_free(bio) }
        var certificates: [OpaquePointer] = []
        while let certificate = PEM_read_bio_X509(bio, nil, nil, nil) { certificates.append(certificate) }
        // The end of a PEM file reads as the error "no start line".
        ERR_clear_error()
        guard !certificates.isEmpty else { throw .unusable(file: file, reason: "no PEM certificate in it") }
        return certificates
    }

    private static func readKey(_ file: String) -> OpaquePointer? {
        guard let bio = BIO_new_file(file, "r") else { return nil }
        defer { BIO_free(bio) }
        return PEM_read_bio_PrivateKey(bio, nil, nil, nil)
    }
}
