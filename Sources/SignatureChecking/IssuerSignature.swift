import COpenSSL
import COpenSSLShims
import VerificationCore

/// Signatures of revocation lists: what they cover is taken once, when a list is read; they are checked when a key is at hand.
package enum IssuerSignature {
    /// Largest list signed with a one-pass algorithm (Ed25519, Ed448: the whole tbsCertList must be kept until its issuer is
    /// known). 4 MiB holds about 100,000 entries.
    package static let maximumOnePassOctets = 4 << 20

    package enum Failure: Error, Hashable, Sendable {
        case unknownAlgorithm
        /// SHA-1, MD5 and older (RFC 9325 §4.5).
        case weakAlgorithm
        case tooLargeForOnePass(octets: Int)
    }

    /// - Parameters:
    ///   - tbs: the DER of the tbsCertList.
    ///   - algorithm: the DER of the AlgorithmIdentifier.
    package static func cover(tbs: ArraySlice<UInt8>, algorithm: [UInt8], value: [UInt8]) throws(Failure) -> ListSignature {
        var octets = try SignedOctets(algorithm: algorithm, count: tbs.count)
        octets.add(tbs.span)
        return octets.signature(value)
    }

    static func isValid(_ signature: ListSignature, by issuer: OpenSSLCertificate) -> Bool {
        OpenSSLErrorQueue.clear()
        defer { OpenSSLErrorQueue.clear() }
        guard let key = X509_get0_pubkey(issuer.pointer), let scheme = try? scheme(of: signature.algorithm) else { return false }
        switch (signature.covered, scheme) {
        case (.digest(let octets), .digest(let digest, let padding)):
            guard let context = EVP_PKEY_CTX_new(key, nil) else { return false }
            defer { EVP_PKEY_CTX_free(context) }
            guard EVP_PKEY_verify_init(context) == 1 else { return false }
            if padding == .pss, COpenSSLShims_use_pss_padding(context) != 1 { return false }
            guard EVP_PKEY_CTX_set_signature_md(context, digest) > 0 else { return false }
            return EVP_PKEY_verify(context, signature.value, signature.value.count, octets, octets.count) == 1
        case (.message(let octets), .onePass):
            guard let context = EVP_MD_CTX_new() else { return false }
            defer { EVP_MD_CTX_free(context) }
            guard EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else { return false }
            return EVP_DigestVerify(context, signature.value, signature.value.count, octets, octets.count) == 1
        case (.digest, .onePass), (.message, .digest):
            return false
        }
    }

    enum Padding { case pkcs1OrNone, pss }

    enum Scheme {
        case digest(OpaquePointer, Padding)
        case onePass
    }

    static func scheme(of algorithm: [UInt8]) throws(Failure) -> Scheme {
        let parsed = algorithm.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_X509_ALGOR(nil, &cursor, buffer.count)
        }
        OpenSSLErrorQueue.clear()
        guard let parsed else { throw .unknownAlgorithm }
        defer { X509_ALGOR_free(parsed) }
        let identifier = OBJ_obj2nid(parsed.pointee.algorithm)
        if identifier == NID_ED25519 || identifier == NID_ED448 { return .onePass }
        if identifier == NID_rsassaPss { return .digest(try strong(pssDigest(parsed)), .pss) }
        var digest: Int32 = 0
        var key: Int32 = 0
        guard OBJ_find_sigid_algs(identifier, &digest, &key) == 1 else { throw .unknownAlgorithm }
        return .digest(try strong(digest), .pkcs1OrNone)
    }

    /// The hash named in RSASSA-PSS-params; its default is SHA-1 (RFC 4055 §3.1).
    private static func pssDigest(_ algorithm: UnsafeMutablePointer<X509_ALGOR>) -> Int32 {
        guard let parameter = algorithm.pointee.parameter, parameter.pointee.type == V_ASN1_SEQUENCE,
            let sequence = parameter.pointee.value.sequence
        else { return NID_undef }
        var cursor = UnsafePointer(sequence.pointee.data)
        guard let parameters = d2i_RSA_PSS_PARAMS(nil, &cursor, Int(sequence.pointee.length)) else { return NID_undef }
        defer { RSA_PSS_PARAMS_free(parameters) }
        guard let hash = parameters.pointee.hashAlgorithm else { return NID_sha1 }
        return OBJ_obj2nid(hash.pointee.algorithm)
    }

    private static func strong(_ digest: Int32) throws(Failure) -> OpaquePointer {
        switch digest {
        case NID_sha256: return EVP_sha256()
        case NID_sha384: return EVP_sha384()
        case NID_sha512: return EVP_sha512()
        case NID_sha1, NID_md5, NID_md2, NID_md4: throw .weakAlgorithm
        default: throw .unknownAlgorithm
        }
    }
}
