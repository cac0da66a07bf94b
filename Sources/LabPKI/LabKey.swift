import COpenSSL

/// A private key of the laboratory. It lives in memory and in files without a passphrase: never for production.
// SAFETY: the EVP_PKEY is never changed after `init`, its count of references is atomic, and every signature has a
// context of its own, so any thread may read and sign with it.
package final class LabKey: @unchecked Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case p256
        case p384
        case rsa2048 = "rsa-2048"
        case rsa3072 = "rsa-3072"
        /// RSA, 2048 bits, whose own algorithm identifier says id-RSASSA-PSS (RFC 4055).
        case rsaPSS = "rsa-pss"
        case ed25519

        var algorithm: String {
            switch self {
            case .p256, .p384: "EC"
            case .rsa2048, .rsa3072: "RSA"
            case .rsaPSS: "RSA-PSS"
            case .ed25519: "ED25519"
            }
        }

        var bits: Int32 {
            switch self {
            case .p256: 256
            case .p384: 384
            case .rsa2048, .rsaPSS: 2048
            case .rsa3072: 3072
            case .ed25519: 256
            }
        }
    }

    package let kind: Kind
    /// SubjectPublicKeyInfo, DER.
    package let publicKey: [UInt8]
    let pointer: OpaquePointer

    package convenience init(_ kind: Kind = .p256) throws(LabPKIFailure) {
        let context = try OpenSSLCall.pointer("prepare a key") { EVP_PKEY_CTX_new_from_name(nil, kind.algorithm, nil) }
        defer { EVP_PKEY_CTX_free(context) }
        try OpenSSLCall.positive("prepare a key") { EVP_PKEY_keygen_init(context) }
        switch kind {
        case .p256: try OpenSSLCall.positive("choose P-256") { EVP_PKEY_CTX_set_group_name(context, "P-256") }
        case .p384: try OpenSSLCall.positive("choose P-384") { EVP_PKEY_CTX_set_group_name(context, "P-384") }
        case .rsa2048, .rsa3072, .rsaPSS:
            try OpenSSLCall.positive("choose a modulus") { EVP_PKEY_CTX_set_rsa_keygen_bits(context, kind.bits) }
        case .ed25519: break
        }
        var made: OpaquePointer?
        try OpenSSLCall.positive("make a key") { EVP_PKEY_generate(context, &made) }
        let pointer = try OpenSSLCall.pointer("make a key") { made }
        try self.init(adopting: pointer, kind: kind)
    }

    /// A key from PEM without a passphrase.
    package convenience init(pem: String) throws(LabPKIFailure) {
        let bio = try MemoryBIO.reading(Array(pem.utf8))
        let pointer = try OpenSSLCall.pointer("read a private key") { PEM_read_bio_PrivateKey(bio.pointer, nil, nil, nil) }
        let bits = EVP_PKEY_get_bits(pointer)
        // Of Ed25519 there is one size, which releases of OpenSSL count differently (253 or 256).
        let kind = Kind.allCases.first {
            EVP_PKEY_is_a(pointer, $0.algorithm) == 1 && ($0 == .ed25519 || $0.bits == bits)
        }
        guard let kind else {
            let algorithm = EVP_PKEY_get0_type_name(pointer).map { String(cString: $0) } ?? "unknown"
            EVP_PKEY_free(pointer)
            throw .unsupportedKey(algorithm: algorithm, bits: Int(bits))
        }
        try self.init(adopting: pointer, kind: kind)
    }

    private init(adopting pointer: OpaquePointer, kind: Kind) throws(LabPKIFailure) {
        self.pointer = pointer
        self.kind = kind
        publicKey = try OpenSSLCall.encoding("write a public key") { i2d_PUBKEY(pointer, $0) }
    }

    deinit { EVP_PKEY_free(pointer) }

    /// PKCS #8, no passphrase.
    package func pem() throws(LabPKIFailure) -> String {
        let bio = try MemoryBIO()
        try OpenSSLCall.positive("write a private key") {
            PEM_write_bio_PKCS8PrivateKey(bio.pointer, pointer, nil, nil, 0, nil, nil)
        }
        return String(decoding: bio.contents(), as: UTF8.self)
    }

    /// SHA-1 over the bits of subjectPublicKey: method 1 of RFC 5280 §4.2.1.2.
    package func identifier() throws(LabPKIFailure) -> [UInt8] {
        let key = try OpenSSLCall.pointer("read a public key") {
            publicKey.withUnsafeBufferPointer { octets in
                var cursor = octets.baseAddress
                return d2i_X509_PUBKEY(nil, &cursor, octets.count)
            }
        }
        defer { X509_PUBKEY_free(key) }
        var bits: UnsafePointer<UInt8>?
        var count: Int32 = 0
        try OpenSSLCall.positive("read a public key") { X509_PUBKEY_get0_param(nil, &bits, &count, nil, key) }
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        try OpenSSLCall.positive("digest a public key") {
            EVP_Digest(bits, Int(count), &digest, nil, EVP_sha1(), nil)
        }
        return digest
    }
}
