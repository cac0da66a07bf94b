import COpenSSL

/// OpenSSL's own verification of a chain, lists included, as servers ask for it.
final class OpenSSLVerifier {
    private let store: OpaquePointer

    init(root: [UInt8], lists: [OpenSSLList]) throws {
        guard let store = X509_STORE_new(), let root = OpenSSLChain.certificate(root) else {
            throw Disagreement(question: "certificates that OpenSSL reads")
        }
        self.store = store
        X509_STORE_add_cert(store, root)
        X509_free(root)
        for list in lists { X509_STORE_add_crl(store, list.pointer) }
        X509_STORE_set_flags(store, UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL))
    }

    deinit { X509_STORE_free(store) }

    func verify(_ chain: OpenSSLChain) throws {
        guard let context = X509_STORE_CTX_new(), X509_STORE_CTX_init(context, store, chain.leaf, chain.untrusted) == 1 else {
            throw Disagreement(question: "a context of OpenSSL's")
        }
        defer { X509_STORE_CTX_free(context) }
        X509_VERIFY_PARAM_set_purpose(X509_STORE_CTX_get0_param(context), X509_PURPOSE_SSL_CLIENT)
        guard X509_verify_cert(context) == 1 else {
            let text = String(cString: X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context))))
            throw Disagreement(question: "OpenSSL accepts the chain: \(text)")
        }
    }
}
