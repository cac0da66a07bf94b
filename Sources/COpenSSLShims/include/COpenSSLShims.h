#ifndef COPENSSLSHIMS_H
#define COPENSSLSHIMS_H

/* What Swift cannot see of OpenSSL: function-like macros and constants that expand to expressions. One function each. */

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* STACK_OF(X509) accessors are macros. */
static inline int COpenSSLShims_certificates_count(const STACK_OF(X509) *stack) { return stack ? sk_X509_num(stack) : 0; }
static inline X509 *COpenSSLShims_certificates_value(const STACK_OF(X509) *stack, int index) { return sk_X509_value(stack, index); }
static inline STACK_OF(X509) *COpenSSLShims_certificates_new(void) { return sk_X509_new_null(); }
static inline int COpenSSLShims_certificates_push(STACK_OF(X509) *stack, X509 *certificate) { return sk_X509_push(stack, certificate); }
/* Frees the stack, not what it holds. */
static inline void COpenSSLShims_certificates_free(STACK_OF(X509) *stack) { sk_X509_free(stack); }
/* The chains beside the peer's own certificate, which libssl does not look at again once the handshake is through. */
static inline void COpenSSLShims_drop_peer_chain(SSL *ssl) {
    STACK_OF(X509) *chains[] = {SSL_get_peer_cert_chain(ssl), SSL_get0_verified_chain(ssl)};
    for (int at = 0; at < 2; at++)
        while (chains[at] != NULL && sk_X509_num(chains[at]) > 0) X509_free(sk_X509_pop(chains[at]));
}
/* STACK_OF(X509_NAME), for the names sent in CertificateRequest. */
static inline STACK_OF(X509_NAME) *COpenSSLShims_names_new(void) { return sk_X509_NAME_new_null(); }
static inline int COpenSSLShims_names_push(STACK_OF(X509_NAME) *stack, X509_NAME *name) { return sk_X509_NAME_push(stack, name); }

/* Macros over SSL_CTX_ctrl and SSL_ctrl. */
static inline long COpenSSLShims_context_set_mode(SSL_CTX *context, long mode) { return SSL_CTX_set_mode(context, mode); }
static inline long COpenSSLShims_context_set_minimum_version(SSL_CTX *context, int version) {
    return SSL_CTX_set_min_proto_version(context, version);
}
static inline long COpenSSLShims_context_set_maximum_version(SSL_CTX *context, int version) {
    return SSL_CTX_set_max_proto_version(context, version);
}
static inline long COpenSSLShims_context_set_groups(SSL_CTX *context, const char *list) { return SSL_CTX_set1_groups_list(context, list); }
static inline long COpenSSLShims_context_set_read_ahead(SSL_CTX *context, int on) { return SSL_CTX_set_read_ahead(context, on); }
static inline long COpenSSLShims_context_session_cache_off(SSL_CTX *context) {
    return SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}
/* Sessions are kept by our callbacks alone, and not a second time by libssl. */
static inline long COpenSSLShims_context_session_cache_external(SSL_CTX *context) {
    return SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL | SSL_SESS_CACHE_NO_AUTO_CLEAR);
}
static inline long COpenSSLShims_context_set_maximum_chain_bytes(SSL_CTX *context, long bytes) {
    return SSL_CTX_set_max_cert_list(context, bytes);
}
static inline long COpenSSLShims_context_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
    return SSL_CTX_add1_chain_cert(context, certificate);
}
static inline const char *COpenSSLShims_cipher_name(const SSL *ssl) { return SSL_get_cipher_name(ssl); }
static inline int COpenSSLShims_peer_signature_digest(SSL *ssl, int *nid) { return (int)SSL_get_peer_signature_nid(ssl, nid); }
static inline long COpenSSLShims_set_server_name(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name); }
static inline long COpenSSLShims_context_set_early_data_off(SSL_CTX *context) { return SSL_CTX_set_max_early_data(context, 0); }

/* SSL_OP_* expand to SSL_OP_BIT(n), which is not imported. */
static const uint64_t COpenSSLShims_OP_NO_TICKET = SSL_OP_NO_TICKET;
static const uint64_t COpenSSLShims_OP_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
static const uint64_t COpenSSLShims_OP_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;
static const uint64_t COpenSSLShims_OP_CIPHER_SERVER_PREFERENCE = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t COpenSSLShims_OP_IGNORE_UNEXPECTED_EOF = SSL_OP_IGNORE_UNEXPECTED_EOF;

/* The transport of a TLS connection, see SocketBIO.c. The descriptor stays the caller's. 0 when there is no memory. */
int COpenSSLShims_set_socket(SSL *ssl, int descriptor);
/* Whether what is written next is only the beginning: the last piece has to say that it is not. */
void COpenSSLShims_set_more_follows(SSL *ssl, int more);
static inline void COpenSSLShims_context_set_read_buffer(SSL_CTX *context, size_t octets) {
    SSL_CTX_set_default_read_buffer_len(context, octets);
}

static inline int COpenSSLShims_error_reason(unsigned long code) { return ERR_GET_REASON(code); }
static inline int COpenSSLShims_error_library(unsigned long code) { return ERR_GET_LIB(code); }

/* The ex_data index of the SSL behind a store context, and the application's pointer on an SSL, are macros or need a cast. */
static inline SSL *COpenSSLShims_store_context_ssl(X509_STORE_CTX *context) {
    return (SSL *)X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());
}
static inline int COpenSSLShims_set_owner(SSL *ssl, void *owner) { return SSL_set_app_data(ssl, owner); }
static inline void *COpenSSLShims_owner(const SSL *ssl) { return SSL_get_app_data(ssl); }

/* A macro over EVP_PKEY_CTX_ctrl in some releases, a function in others. */
static inline int COpenSSLShims_use_pss_padding(EVP_PKEY_CTX *context) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_AUTO) > 0;
}

#endif
