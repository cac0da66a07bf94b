import COpenSSL

/// How a certificate or a list is signed. The weak digests are for tests that expect a refusal.
package struct LabSignature: Hashable, Sendable {
    package enum Digest: String, CaseIterable, Sendable { case sha256, sha384, sha512, sha1, md5 }

    /// What an RSA key signs with; a key of kind `rsaPSS` always uses PSS.
    package enum RSAPadding: Sendable { case pkcs1, pss }

    package var digest: Digest
    package var rsaPadding: RSAPadding

    package init(digest: Digest = .sha256, rsaPadding: RSAPadding = .pkcs1) {
        self.digest = digest
        self.rsaPadding = rsaPadding
    }

    package static let sha256 = Self()
    package static let sha1 = Self(digest: .sha1)
    package static let pss = Self(rsaPadding: .pss)
}

extension LabSignature.Digest {
    var method: OpaquePointer? {
        switch self {
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        case .sha1: EVP_sha1()
        case .md5: EVP_md5()
        }
    }

    private var octets: UInt64 {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        case .sha1: 20
        case .md5: 16
        }
    }

    private var identifier: [UInt8] {
        let type =
            switch self {
            case .sha256: "2.16.840.1.101.3.4.2.1"
            case .sha384: "2.16.840.1.101.3.4.2.2"
            case .sha512: "2.16.840.1.101.3.4.2.3"
            case .sha1: "1.3.14.3.2.26"
            case .md5: "1.2.840.113549.2.5"
            }
        return LabDER.sequence(LabDER.objectIdentifier(type), LabDER.null)
    }

    /// RSASSA-PSS-params (RFC 4055 §3.1) with a salt as long as the digest.
    var pssAlgorithm: [UInt8] {
        let mask = LabDER.sequence(LabDER.objectIdentifier("1.2.840.113549.1.1.8"), identifier)
        // The defaults of the ASN.1 (SHA-1, 20 octets) are left out, as DER asks.
        let parameters =
            self == .sha1
            ? LabDER.sequence()
            : LabDER.sequence(
                LabDER.explicit(0, identifier), LabDER.explicit(1, mask), LabDER.explicit(2, LabDER.integer(octets))
            )
        return LabDER.sequence(LabDER.objectIdentifier("1.2.840.113549.1.1.10"), parameters)
    }

    var pkcs1Algorithm: [UInt8] {
        let type =
            switch self {
            case .sha256: "1.2.840.113549.1.1.11"
            case .sha384: "1.2.840.113549.1.1.12"
            case .sha512: "1.2.840.113549.1.1.13"
            case .sha1: "1.2.840.113549.1.1.5"
            case .md5: "1.2.840.113549.1.1.4"
            }
        return LabDER.sequence(LabDER.objectIdentifier(type), LabDER.null)
    }

    var ecdsaAlgorithm: [UInt8] {
        let type =
            switch self {
            case .sha256: "1.2.840.10045.4.3.2"
            case .sha384: "1.2.840.10045.4.3.3"
            case .sha512: "1.2.840.10045.4.3.4"
            case .sha1: "1.2.840.10045.4.1"
            case .md5: preconditionFailure("ECDSA with MD5 has no object identifier")
            }
        return LabDER.sequence(LabDER.objectIdentifier(type))
    }
}

extension LabKey {
    /// The AlgorithmIdentifier that says how this key signs.
    package func algorithm(_ signature: LabSignature) -> [UInt8] {
        switch kind {
        case .p256, .p384: signature.digest.ecdsaAlgorithm
        case .rsa2048, .rsa3072:
            signature.rsaPadding == .pss ? signature.digest.pssAlgorithm : signature.digest.pkcs1Algorithm
        case .rsaPSS: signature.digest.pssAlgorithm
        case .ed25519: LabDER.sequence(LabDER.objectIdentifier("1.3.101.112"))
        }
    }

    package func sign(_ octets: [UInt8], _ signature: LabSignature = .sha256) throws(LabPKIFailure) -> [UInt8] {
        let context = try OpenSSLCall.pointer("prepare a signature") { EVP_MD_CTX_new() }
        defer { EVP_MD_CTX_free(context) }
        try prepare(context, signature)
        var length = 0
        try OpenSSLCall.positive("sign") { EVP_DigestSign(context, nil, &length, octets, octets.count) }
        var result = [UInt8](repeating: 0, count: length)
        try OpenSSLCall.positive("sign") { EVP_DigestSign(context, &result, &length, octets, octets.count) }
        return Array(result.prefix(length))
    }

    /// Signs what `feed` gives, piece by piece. Not with Ed25519, which wants everything at once.
    func sign(
        _ signature: LabSignature, _ feed: (_ add: ([UInt8]) throws(LabPKIFailure) -> Void) throws(LabPKIFailure) -> Void
    ) throws(LabPKIFailure) -> [UInt8] {
        let context = try OpenSSLCall.pointer("prepare a signature") { EVP_MD_CTX_new() }
        defer { EVP_MD_CTX_free(context) }
        try prepare(context, signature)
        try feed { piece throws(LabPKIFailure) in
            try OpenSSLCall.positive("sign") { EVP_DigestSignUpdate(context, piece, piece.count) }
        }
        var length = 0
        try OpenSSLCall.positive("sign") { EVP_DigestSignFinal(context, nil, &length) }
        var result = [UInt8](repeating: 0, count: length)
        try OpenSSLCall.positive("sign") { EVP_DigestSignFinal(context, &result, &length) }
        return Array(result.prefix(length))
    }

    private func prepare(_ context: OpaquePointer, _ signature: LabSignature) throws(LabPKIFailure) {
        // Ed25519 digests inside (RFC 8032), so OpenSSL wants none named.
        let method = kind == .ed25519 ? nil : signature.digest.method
        var keyContext: OpaquePointer?
        try OpenSSLCall.positive("prepare a signature") { EVP_DigestSignInit(context, &keyContext, method, nil, pointer) }
        if usesPSS(signature) {
            try OpenSSLCall.positive("choose PSS") { EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) }
            try OpenSSLCall.positive("choose a salt") {
                EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST)
            }
        }
    }

    /// SEQUENCE { toBeSigned, algorithm, signature }: the frame of certificates and lists alike.
    func signed(_ toBeSigned: [UInt8], _ signature: LabSignature) throws(LabPKIFailure) -> [UInt8] {
        LabDER.sequence(toBeSigned, algorithm(signature), LabDER.bitString(try sign(toBeSigned, signature)))
    }

    private func usesPSS(_ signature: LabSignature) -> Bool {
        switch kind {
        case .rsaPSS: true
        case .rsa2048, .rsa3072: signature.rsaPadding == .pss
        case .p256, .p384, .ed25519: false
        }
    }
}
