import DER

/// How a certificate is signed, as its AlgorithmIdentifier says (RFC 4055, RFC 5758, RFC 8410).
package enum SignatureScheme: Hashable, Sendable {
    package enum Hash: String, Hashable, Sendable, CaseIterable { case md2, md5, sha1, sha224, sha256, sha384, sha512 }

    case rsaPKCS1(Hash)
    case rsaPSS(Hash)
    case ecdsa(Hash)
    case ed25519
    case ed448
    case dsa
    case unknown(ObjectIdentifier)

    package init(of certificate: Certificate) {
        let identifier = certificate.signatureAlgorithm
        switch identifier.algorithm {
        case .rsaPSSSignature:
            self =
                Self.pssHash(DERReader(certificate.bytes, in: identifier.range)).map(Self.rsaPSS)
                ?? .unknown(identifier.algorithm)
        default: self = Self.simple[identifier.algorithm] ?? .unknown(identifier.algorithm)
        }
    }

    private static let simple: [ObjectIdentifier: SignatureScheme] = [
        .md2WithRSA: .rsaPKCS1(.md2), .md5WithRSA: .rsaPKCS1(.md5), .sha1WithRSA: .rsaPKCS1(.sha1),
        .sha224WithRSA: .rsaPKCS1(.sha224), .sha256WithRSA: .rsaPKCS1(.sha256), .sha384WithRSA: .rsaPKCS1(.sha384),
        .sha512WithRSA: .rsaPKCS1(.sha512), .ecdsaWithSHA1: .ecdsa(.sha1), .ecdsaWithSHA224: .ecdsa(.sha224),
        .ecdsaWithSHA256: .ecdsa(.sha256), .ecdsaWithSHA384: .ecdsa(.sha384), .ecdsaWithSHA512: .ecdsa(.sha512),
        .ed25519: .ed25519, .ed448: .ed448, .dsaWithSHA1: .dsa, .dsaWithSHA256: .dsa,
    ]

    /// RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] DEFAULT sha1, … } (RFC 4055 §3.1); nil when it cannot be read.
    private static func pssHash(_ algorithmIdentifier: DERReader) -> Hash? {
        do throws(DERFailure) {
            var outer = algorithmIdentifier
            var fields = try outer.readSequence()
            _ = try fields.readObjectIdentifier()
            var parameters = try fields.readSequence()
            guard var hash = try parameters.readContentsIfPresent(.contextConstructed(0)) else { return .sha1 }
            var algorithm = try hash.readSequence()
            return hashes[try algorithm.readObjectIdentifier()]
        } catch {
            return nil
        }
    }

    private static let hashes: [ObjectIdentifier: Hash] = [
        .sha1: .sha1, .sha224: .sha224, .sha256: .sha256, .sha384: .sha384, .sha512: .sha512,
    ]
}

/// What kind of key a certificate certifies, and how long it is.
package enum PublicKeyKind: Hashable, Sendable {
    case rsa(bits: Int, exponentBits: Int)
    case ec(curve: ObjectIdentifier)
    case ed25519
    case ed448
    case dsa
    case unknown(ObjectIdentifier)

    /// Nil when an RSA key (both numbers) or the name of a curve cannot be read.
    package init?(of certificate: Certificate) {
        let algorithm = certificate.publicKeyAlgorithm.algorithm
        switch algorithm {
        case .rsaEncryption, .rsaPSSSignature:
            guard let key = try? Self.rsa(certificate) else { return nil }
            self = key
        case .ecPublicKey:
            guard let curve = try? Self.namedCurve(certificate) else { return nil }
            self = .ec(curve: curve)
        case .ed25519: self = .ed25519
        case .ed448: self = .ed448
        case .dsaKey: self = .dsa
        default: self = .unknown(algorithm)
        }
    }

    /// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } (RFC 8017 §A.1.1).
    private static func rsa(_ certificate: Certificate) throws(DERFailure) -> Self {
        var outer = DERReader(certificate.bytes, in: certificate.subjectPublicKeyInfo)
        var fields = try outer.readSequence()
        _ = try fields.read(.sequence)
        var key = DERReader(certificate.bytes, in: try fields.readBitStringOfOctets())
        var numbers = try key.readSequence()
        let modulus = try numbers.readInteger()
        let exponent = try numbers.readInteger()
        return .rsa(bits: bitCount(certificate.bytes[modulus]), exponentBits: bitCount(certificate.bytes[exponent]))
    }

    private static func bitCount(_ number: ArraySlice<UInt8>) -> Int {
        let significant = number.drop { $0 == 0 }
        return significant.count * 8 - (significant.first?.leadingZeroBitCount ?? 0)
    }

    /// ECParameters: only namedCurve is allowed (RFC 5480 §2.1.1).
    private static func namedCurve(_ certificate: Certificate) throws(DERFailure) -> ObjectIdentifier {
        var outer = DERReader(certificate.bytes, in: certificate.publicKeyAlgorithm.range)
        var fields = try outer.readSequence()
        _ = try fields.readObjectIdentifier()
        return try fields.readObjectIdentifier()
    }
}
