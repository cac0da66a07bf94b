import COpenSSL
import COpenSSLShims
import PKITypes
import PathValidation

/// OpenSSL's own answer to whether a chain is valid: its search, its rules, its signatures, its clock set to ours.
enum OpenSSLPathJudge {
    /// Its words; nil when it accepts.
    static func refusal(leaf: [UInt8], others: [[UInt8]], anchor: [UInt8], _ policy: PathPolicy, at now: UnixSeconds) -> String? {
        guard let store = X509_STORE_new(), let anchor = certificate(anchor), let leaf = certificate(leaf) else {
            return "undecodable"
        }
        defer { X509_STORE_free(store) }
        defer { X509_free(anchor) }
        defer { X509_free(leaf) }
        X509_STORE_add_cert(store, anchor)
        let decoded = others.compactMap(certificate)
        let untrusted = COpenSSLShims_certificates_new()
        defer { COpenSSLShims_certificates_free(untrusted) }
        defer { for other in decoded { X509_free(other) } }
        for other in decoded { COpenSSLShims_certificates_push(untrusted, other) }
        guard let context = X509_STORE_CTX_new(), X509_STORE_CTX_init(context, store, leaf, untrusted) == 1 else {
            return "no context"
        }
        defer { X509_STORE_CTX_free(context) }
        apply(policy, to: X509_STORE_CTX_get0_param(context), at: now)
        if X509_verify_cert(context) == 1 { return nil }
        return String(cString: X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context))))
    }

    private static func apply(_ policy: PathPolicy, to parameters: OpaquePointer?, at now: UnixSeconds) {
        var flags = UInt(X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK)
        if policy.explicitPolicy == .required { flags |= UInt(X509_V_FLAG_EXPLICIT_POLICY) }
        X509_VERIFY_PARAM_set_flags(parameters, flags)
        // An empty set is any policy to RFC 5280 §6.1.1 (c), and none to OpenSSL.
        for identifier in policy.initialPolicies.isEmpty ? ["2.5.29.32.0"] : policy.initialPolicies {
            X509_VERIFY_PARAM_add0_policy(parameters, OBJ_txt2obj(identifier, 1))
        }
        X509_VERIFY_PARAM_set_time(parameters, Int(now.rawValue))
        X509_VERIFY_PARAM_set_depth(parameters, Int32(policy.maximumDepth))
        X509_VERIFY_PARAM_set_auth_level(parameters, 2)
        X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT)
    }

    private static func certificate(_ der: [UInt8]) -> OpaquePointer? {
        der.withUnsafeBufferPointer { octets in
            var cursor = octets.baseAddress
            return d2i_X509(nil, &cursor, octets.count)
        }
    }
}
