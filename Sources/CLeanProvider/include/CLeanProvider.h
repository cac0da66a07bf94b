#ifndef CLEANPROVIDER_H
#define CLEANPROVIDER_H

#include <openssl/types.h>

/*
 * An OpenSSL library context whose only provider is the default one with fewer doors: the algorithms, and the ways to decode a
 * key, that mutual TLS with X.509 needs. Left out are, among others, CCM, ARIA and Camellia suites, groups but X25519 and those
 * of EC, DSA, SM2, X448 and DH keys. Two things are done here in a cheaper way, over the default provider's own functions: keys
 * on P-256 and P-384 are decoded (LeanCurveKeys.c), and the secrets of TLS 1.3 are derived (LeanKeySchedule.c).
 *
 * Why: OpenSSL 3.0 walks all that a library context has fetched, and every decoder, each time it decodes a public key, twice for
 * each certificate of a handshake (openssl/openssl issues 17950 and 19119). Decoding a P-256 certificate takes 89 us in the default
 * context, 35 with fewer key types, 20 here. Later releases cache the walk: with 3.5 a full handshake gains 2 % where it gains 25 %
 * with 3.0, and a resumed one a tenth with both (Benchmarks/README.md). Public API only.
 *
 * Private keys cannot be read in it: read them in the default library context. OpenSSL hands such a key over to this provider
 * when it is first used here, and remembers that.
 */
typedef struct CLeanProvider_library CLeanProvider_library;

/* NULL when OpenSSL has no memory or no default provider. There is no way to free one: see CryptoLibrary. */
CLeanProvider_library *CLeanProvider_new(void);

OSSL_LIB_CTX *CLeanProvider_context(CLeanProvider_library *library);

#endif
