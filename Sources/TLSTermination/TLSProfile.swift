import COpenSSL
import COpenSSLShims
import SignatureChecking

/// A named set of TLS parameters towards devices.
package enum TLSProfile: String, Hashable, Sendable, CaseIterable {
    /// RFC 9325 §3.1.1, §4.2: TLS 1.2 and 1.3, ECDHE with AES-GCM only.
    case bcp195
    case tls13Only = "tls13-only"

    /// X25519 first, being the cheapest. P-256 must stay: TLS 1.2 clients with P-256 certificates need the group.
    static let groups = "X25519:P-256:P-384"

    func apply(to context: OpaquePointer) -> Bool {
        SSL_CTX_set_security_level(context, OpenSSLPathEngine.securityLevel)
        SSL_CTX_set_options(
            context,
            COpenSSLShims_OP_NO_TICKET | COpenSSLShims_OP_NO_RENEGOTIATION | COpenSSLShims_OP_NO_COMPRESSION
                | COpenSSLShims_OP_CIPHER_SERVER_PREFERENCE
        )
        let minimum = self == .tls13Only ? TLS1_3_VERSION : TLS1_2_VERSION
        return COpenSSLShims_context_set_minimum_version(context, minimum) == 1
            && COpenSSLShims_context_set_maximum_version(context, TLS1_3_VERSION) == 1
            && COpenSSLShims_context_set_groups(context, Self.groups) == 1
            && SSL_CTX_set_cipher_list(context, Self.tls12Suites) == 1
            && SSL_CTX_set_ciphersuites(context, Self.tls13Suites) == 1
    }

    /// RFC 9325 §4.2, AES-128 first: 128 bits suffice and its SHA-256 key schedule is the cheaper.
    private static let tls12Suites =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
    private static let tls13Suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
}
