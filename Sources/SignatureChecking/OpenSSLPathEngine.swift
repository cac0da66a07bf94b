import COpenSSL
import COpenSSLShims
import PKITypes
import PathValidation
import VerificationCore

/// Path validation by OpenSSL: certificates, time, purpose, constraints, policies; never revocation, which is ours.
// SAFETY: the store and certificates are built in `init` and only read after; every validation has a store context of its own.
package final class OpenSSLPathEngine: PathValidator, ListSignatureChecker, @unchecked Sendable {
    /// The certificates of one trust-anchor entry.
    package struct Anchors: Sendable {
        package let entry: String
        package let certificates: [[UInt8]]

        package init(entry: String, certificates: [[UInt8]]) {
            self.entry = entry
            self.certificates = certificates
        }
    }

    /// 112 bits: RSA and DH of 2048 bits, EC of 224, no SHA-1 signature below the anchor (RFC 9325 §4.5).
    package static let securityLevel: Int32 = 2

    /// Self-issued intermediates do not count towards a path's depth, but OpenSSL counts them: so many may come on top of it.
    /// A change of an authority's key brings one or two.
    private static let selfIssuedAllowance = 8

    private struct Anchor {
        let entry: String
        let fingerprint: Fingerprint
        let certificate: OpenSSLCertificate
    }

    private let library: CryptoLibrary?
    private let store: OpaquePointer
    private let anchors: [OpaquePointer: Anchor]
    private let intermediates: [OpenSSLCertificate]
    private let policy: PathPolicy

    /// - Parameters:
    ///   - intermediates: complete chains that peers send without them; not trusted by themselves.
    /// - Returns: nil when a certificate of `trust` cannot be decoded; undecodable intermediates are left out.
    package init?(trust: [Anchors], intermediates: [[UInt8]], policy: PathPolicy, library: CryptoLibrary? = nil) {
        guard let store = X509_STORE_new() else { preconditionFailure("out of memory for an X509_STORE") }
        var anchors: [OpaquePointer: Anchor] = [:]
        for entry in trust {
            for der in entry.certificates {
                guard let certificate = OpenSSLCertificate(der: der, library: library) else {
                    X509_STORE_free(store)
                    return nil
                }
                X509_STORE_add_cert(store, certificate.pointer)
                anchors[certificate.pointer] = Anchor(
                    entry: entry.entry,
                    fingerprint: sha256Fingerprint(der),
                    certificate: certificate
                )
            }
        }
        self.store = store
        self.anchors = anchors
        self.intermediates = intermediates.compactMap { OpenSSLCertificate(der: $0, library: library) }
        self.policy = policy
        self.library = library
    }

    deinit { X509_STORE_free(store) }

    /// The names of the anchors, for CertificateRequest.
    package var anchorCertificates: [OpenSSLCertificate] { anchors.values.map(\.certificate) }

    package func validate(_ presented: PresentedCertificates, at now: UnixSeconds) throws(PathFailure) -> ValidatedPath {
        try validate(presented.leaf, beside: presented, policy, at: now)
    }

    /// Everything that may have signed a list, beside what a peer presented.
    func signerCandidates(beside presented: PresentedCertificates) -> [OpaquePointer] {
        anchorCertificates.map(\.pointer) + intermediates.map(\.pointer) + presented.others
    }

    /// The path of a list's signer, for any purpose and under any policy.
    func validateSigner(
        _ signer: OpaquePointer, beside presented: PresentedCertificates, at now: UnixSeconds
    ) throws(PathFailure) -> ValidatedPath {
        try validate(signer, beside: presented, PathPolicy(purpose: .any, maximumDepth: policy.maximumDepth), at: now)
    }

    private func validate(
        _ leaf: OpaquePointer, beside presented: PresentedCertificates, _ policy: PathPolicy, at now: UnixSeconds
    ) throws(PathFailure) -> ValidatedPath {
        OpenSSLErrorQueue.clear()
        defer { OpenSSLErrorQueue.clear() }
        let untrusted = COpenSSLShims_certificates_new()
        defer { COpenSSLShims_certificates_free(untrusted) }
        for certificate in presented.others { COpenSSLShims_certificates_push(untrusted, certificate) }
        for certificate in intermediates { COpenSSLShims_certificates_push(untrusted, certificate.pointer) }

        guard let context = X509_STORE_CTX_new_ex(library?.context, nil),
            X509_STORE_CTX_init(context, store, leaf, untrusted) == 1
        else { throw PathFailure(reason: .internalError, diagnosis: OpenSSLErrorQueue.takeText()) }
        defer { X509_STORE_CTX_free(context) }
        try apply(policy, to: X509_STORE_CTX_get0_param(context), at: now)
        X509_STORE_CTX_set_verify_cb(context) { verdict, context in
            verdict == 1 || OpenSSLPathEngine.isLastValidSecond(context) ? 1 : 0
        }

        guard X509_verify_cert(context) == 1 else {
            // OpenSSL finds no issuer for a certificate with an extension that it cannot read: the fault is not the issuer's.
            if let current = X509_STORE_CTX_get_current_cert(context),
                X509_get_extension_flags(current) & UInt32(EXFLAG_INVALID) != 0
            {
                throw PathFailure(reason: .malformedCertificate, diagnosis: "an extension cannot be read")
            }
            throw VerifyError.failure(
                code: X509_STORE_CTX_get_error(context),
                depth: X509_STORE_CTX_get_error_depth(context)
            )
        }
        return try path(from: X509_STORE_CTX_get0_chain(context))
    }

    package func isSigned(_ signature: ListSignature, by issuer: [UInt8]) -> Bool {
        guard let certificate = OpenSSLCertificate(der: issuer, library: library) else { return false }
        return IssuerSignature.isValid(signature, by: certificate)
    }

    private func apply(_ policy: PathPolicy, to parameters: OpaquePointer?, at now: UnixSeconds) throws(PathFailure) {
        // A trust anchor need not be self-signed (RFC 5280 §6.1.1 (d)).
        var flags = UInt(X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK)
        if policy.explicitPolicy == .required { flags |= UInt(X509_V_FLAG_EXPLICIT_POLICY) }
        if policy.policyMapping == .inhibited { flags |= UInt(X509_V_FLAG_INHIBIT_MAP) }
        if policy.anyPolicy == .inhibited { flags |= UInt(X509_V_FLAG_INHIBIT_ANY) }
        X509_VERIFY_PARAM_set_flags(parameters, flags)
        for identifier in policy.initialPolicies {
            // Left out, the set could become empty, which stands for any policy.
            guard let object = OBJ_txt2obj(identifier, 1) else {
                throw PathFailure(reason: .internalError, diagnosis: "\(identifier) is not an object identifier to OpenSSL")
            }
            X509_VERIFY_PARAM_add0_policy(parameters, object)
        }
        X509_VERIFY_PARAM_set_time(parameters, Int(now.rawValue))
        X509_VERIFY_PARAM_set_depth(parameters, Self.openSSLDepth(policy.maximumDepth))
        X509_VERIFY_PARAM_set_auth_level(parameters, Self.securityLevel)
        switch policy.purpose {
        case .client: X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT)
        case .server: X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER)
        case .any: X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_ANY)
        }
    }

    private func path(from chain: OpaquePointer?) throws(PathFailure) -> ValidatedPath {
        let found = (0..<COpenSSLShims_certificates_count(chain)).compactMap { COpenSSLShims_certificates_value(chain, $0) }
        // When the leaf itself is trusted, OpenSSL leaves in place what it had built above it.
        guard let end = found.firstIndex(where: { anchors[$0] != nil }), let anchor = anchors[found[end]] else {
            throw PathFailure(reason: .internalError, diagnosis: "OpenSSL ended a path outside the trust anchors")
        }
        let depth = found[..<end].dropFirst().count { !Self.isSelfIssued($0) }
        guard depth <= policy.maximumDepth else {
            throw VerifyError.failure(code: X509_V_ERR_CERT_CHAIN_TOO_LONG, depth: Int32(clamping: end))
        }
        let certificates = found[...end].map(derBytes)
        return ValidatedPath.assertion(
            certificates: certificates,
            anchorEntry: anchor.entry,
            anchorFingerprint: anchor.fingerprint,
            leafFingerprint: sha256Fingerprint(certificates[0])
        )
    }

    /// RFC 5280 §4.1.2.5 counts notAfter into the validity; OpenSSL calls a certificate expired in that very second.
    private static func isLastValidSecond(_ context: OpaquePointer?) -> Bool {
        guard X509_STORE_CTX_get_error(context) == X509_V_ERR_CERT_HAS_EXPIRED,
            let certificate = X509_STORE_CTX_get_current_cert(context)
        else { return false }
        var second = X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(context)) - 1
        guard X509_cmp_time(X509_get0_notAfter(certificate), &second) > 0 else { return false }
        X509_STORE_CTX_set_error(context, X509_V_OK)
        return true
    }

    private static func openSSLDepth(_ maximum: Int) -> Int32 {
        Int32(clamping: min(maximum, Int(Int32.max) - selfIssuedAllowance) + selfIssuedAllowance)
    }

    private static func isSelfIssued(_ certificate: OpaquePointer) -> Bool {
        X509_get_extension_flags(certificate) & UInt32(EXFLAG_SI) != 0
    }
}
