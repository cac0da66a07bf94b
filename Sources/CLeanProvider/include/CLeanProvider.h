#ifndef CLEANPROVIDER_H
#define CLEANPROVIDER_H

#include <openssl/types.h>

/*
 * An OpenSSL library context whose only provider is the default one with fewer doors: the key types, and the ways to
 * decode a key, that mutual TLS with X.509 needs.
 *
 * Why: OpenSSL 3.0 walks every decoder and every key manager that a provider lists each time it decodes a public key, twice
 * for each certificate of a handshake (openssl/openssl issues 17950 and 19119). With fewer listed, a full handshake costs
 * about a fifth less CPU. Later releases cache the walk; there this changes little and breaks nothing. Public API only.
 */
typedef struct CLeanProvider_library CLeanProvider_library;

/* NULL when OpenSSL has no memory or no default provider. There is no way to free one: see CryptoLibrary. */
CLeanProvider_library *CLeanProvider_new(void);

OSSL_LIB_CTX *CLeanProvider_context(CLeanProvider_library *library);

#endif
