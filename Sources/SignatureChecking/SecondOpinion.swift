import COpenSSL
import COpenSSLShims
import PKITypes
import PathValidation
import X509

/// OpenSSL's opinion on the very path that was found: its rules for extensions, purposes, strength, names and policies.
///
/// It is not asked to find a path, so its committing to one issuer does no harm; nor for the time, which is ours, nor for the
/// signatures, which it has just verified for the search.
// SAFETY: the store is set up in `init` and only read after; every question has a store context of its own.
final class SecondOpinion: @unchecked Sendable {
    /// A refusal of OpenSSL's that we know to be wrong, and why.
    struct FalseRefusal: Sendable {
        let id: String
        let code: Int32
        let reason: String
        let applies: @Sendable (PathPolicy, _ path: [CandidateCertificate], _ depth: Int) -> Bool
    }

    /// Each has a test that fails when OpenSSL changes its mind.
    static let falseRefusals = [
        FalseRefusal(
            id: "authority-as-server",
            code: X509_V_ERR_INVALID_PURPOSE,
            reason: "RFC 5280 asks nothing of the key usage of an authority in the leaf's place; OpenSSL wants a TLS server's",
            applies: { policy, path, depth in
                depth == 0 && policy.purpose == .server && path[0].certificate.extensions.basicConstraints?.isCA ?? false
            }
        ),
        FalseRefusal(
            id: "self-issued-without-key-identifiers",
            code: X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            reason:
                "a certificate for an authority's next key is self-issued, not self-signed (RFC 5280 §3.2); when it has no key "
                + "identifiers to compare, OpenSSL takes it for the end of the chain",
            applies: { _, path, depth in
                guard path.indices.dropFirst().dropLast().contains(depth), path[depth].isSelfIssued else { return false }
                let extensions = path[depth].certificate.extensions
                return extensions.authorityKeyIdentifier == nil || extensions.subjectKeyIdentifier == nil
            }
        ),
    ]

    private let store: OpaquePointer
    let policy: PathPolicy
    private let library: CryptoLibrary?
    private let excused: [FalseRefusal]

    init(policy: PathPolicy, library: CryptoLibrary?, excusing excused: [FalseRefusal] = SecondOpinion.falseRefusals) {
        guard let store = X509_STORE_new() else { preconditionFailure("out of memory for an X509_STORE") }
        X509_STORE_set_check_issued(store) { context, certificate, issuer in
            SecondOpinion.isNext(context, certificate, issuer) ? 1 : 0
        }
        X509_STORE_set_verify(store) { _ in 1 }
        self.store = store
        self.policy = policy
        self.library = library
        self.excused = excused
    }

    deinit { X509_STORE_free(store) }

    func confirm(_ path: [CandidateCertificate], _ handles: CertificateHandles) throws(PathFailure) {
        let certificates = path.map(handles.handle)
        let above = COpenSSLShims_certificates_new()
        defer { COpenSSLShims_certificates_free(above) }
        for certificate in certificates.dropFirst() { COpenSSLShims_certificates_push(above, certificate) }
        let trusted = COpenSSLShims_certificates_new()
        defer { COpenSSLShims_certificates_free(trusted) }
        COpenSSLShims_certificates_push(trusted, certificates[certificates.count - 1])

        guard let context = X509_STORE_CTX_new_ex(library?.context, nil),
            X509_STORE_CTX_init(context, store, certificates[0], above) == 1
        else { throw PathFailure(reason: .internalError, diagnosis: OpenSSLErrorQueue.takeText()) }
        defer { X509_STORE_CTX_free(context) }
        X509_STORE_CTX_set0_trusted_stack(context, trusted)
        try apply(policy, to: X509_STORE_CTX_get0_param(context))
        guard X509_verify_cert(context) != 1 else { return }
        let code = X509_STORE_CTX_get_error(context)
        let depth = X509_STORE_CTX_get_error_depth(context)
        if excused.contains(where: { $0.code == code && $0.applies(policy, path, Int(depth)) }) { return }
        // An extension that we do not read and OpenSSL cannot: the fault is the certificate's.
        let unreadable = certificates.firstIndex { X509_get_extension_flags($0) & UInt32(EXFLAG_INVALID) != 0 }
        throw PathFailure(
            reason: unreadable == nil ? .pathInvalid : .malformedCertificate,
            diagnosis: "a path is valid, but the second judge disagrees: \(VerifyError.text(code: code, depth: depth))",
            disagreement: PathDisagreement(
                certificates: path.map(\.certificate.bytes), code: code, depth: unreadable ?? Int(depth)
            )
        )
    }

    private func apply(_ policy: PathPolicy, to parameters: OpaquePointer?) throws(PathFailure) {
        // A trust anchor need not be self-signed (RFC 5280 §6.1.1 (d)).
        var flags = UInt(X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_NO_CHECK_TIME)
        if policy.explicitPolicy == .required { flags |= UInt(X509_V_FLAG_EXPLICIT_POLICY) }
        if policy.policyMapping == .inhibited { flags |= UInt(X509_V_FLAG_INHIBIT_MAP) }
        if policy.anyPolicy == .inhibited { flags |= UInt(X509_V_FLAG_INHIBIT_ANY) }
        X509_VERIFY_PARAM_set_flags(parameters, flags)
        // An empty set is none to OpenSSL once a policy is required, not any.
        for identifier in policy.initialPolicies.isEmpty ? ["2.5.29.32.0"] : policy.initialPolicies {
            // Left out, the set could become empty, which stands for any policy.
            guard let object = OBJ_txt2obj(identifier, 1) else {
                throw PathFailure(reason: .internalError, diagnosis: "\(identifier) is not an object identifier to OpenSSL")
            }
            X509_VERIFY_PARAM_add0_policy(parameters, object)
        }
        // A common name is no DNS name, whatever it looks like (RFC 9525 §2), so DNS constraints do not concern it.
        X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
        // Ours to judge, without those that are self-issued.
        X509_VERIFY_PARAM_set_depth(parameters, Int32(WorkBudget.maximumPathLength))
        X509_VERIFY_PARAM_set_auth_level(parameters, OpenSSLPathEngine.securityLevel)
        switch policy.purpose {
        case .client: X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT)
        case .server: X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER)
        case .any: X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_ANY)
        }
    }

    /// Makes OpenSSL take the path as it is: each certificate's issuer is the next one, if its name says so to OpenSSL too. A
    /// key identifier that differs is a hint and no refusal.
    private static func isNext(_ context: OpaquePointer?, _ certificate: OpaquePointer?, _ issuer: OpaquePointer?) -> Bool {
        let above = X509_STORE_CTX_get0_untrusted(context)
        let path =
            [X509_STORE_CTX_get0_cert(context)]
            + (0..<COpenSSLShims_certificates_count(above)).map { COpenSSLShims_certificates_value(above, $0) }
        guard let position = path.firstIndex(of: certificate), position + 1 < path.count, path[position + 1] == issuer else {
            return false
        }
        return X509_NAME_cmp(X509_get_issuer_name(certificate), X509_get_subject_name(issuer)) == 0
    }
}
