import DER
import X509

/// Which signatures and keys are strong enough. A policy has a name and a date: strength is a matter of both.
package struct AlgorithmPolicy: Hashable, Sendable {
    package let name: String
    package let hashes: Set<SignatureScheme.Hash>
    /// A longer key is refused too: a check of its signature would cost a multiple of what the work budget assumes.
    package let rsaBits: ClosedRange<Int>
    package let curves: Set<ObjectIdentifier>

    /// A check of a signature costs in proportion to the exponent's length, and 65537 has 17 bits. OpenSSL has this limit for
    /// long keys (more than 3072 bits) alone.
    package static let maximumRSAExponentBits = 64

    /// RFC 9325 §4.5 (BCP 195, November 2022): RSA of 2048 bits, curves of 256, SHA-256; nothing signed with SHA-1 or MD5, no
    /// DSA. The curves are those of NIST and, for German health care (BSI TR-03116), of Brainpool. 8192 bits is what the
    /// longest roots in use have.
    package static let bcp195_2022 = Self(
        name: "bcp195-2022",
        hashes: [.sha256, .sha384, .sha512],
        rsaBits: 2048...8192,
        curves: [.prime256v1, .secp384r1, .secp521r1, .brainpoolP256r1, .brainpoolP384r1, .brainpoolP512r1]
    )

    func allows(_ scheme: SignatureScheme) -> Bool {
        switch scheme {
        case .rsaPKCS1(let hash), .rsaPSS(let hash), .ecdsa(let hash): hashes.contains(hash)
        case .ed25519, .ed448: true
        case .dsa, .unknown: false
        }
    }

    package func allows(_ key: PublicKeyKind) -> Bool {
        switch key {
        case .rsa(let bits, let exponentBits): rsaBits.contains(bits) && exponentBits <= Self.maximumRSAExponentBits
        case .ec(let curve): curves.contains(curve)
        case .ed25519, .ed448: true
        case .dsa, .unknown: false
        }
    }
}
