#include "CLeanProvider.h"

#include "LeanParts.h"

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct CLeanProvider_library {
    OSSL_LIB_CTX *context;
    OSSL_PROVIDER *provider;
};

/*
 * OpenSSL fills the table of names of each library context with those of all legacy digests and ciphers, some hundred, and walks it
 * twice for each public key that it decodes. It is told not to know them, which has to be its first word in the process; what
 * verifies signatures looks digests up there, so these are made known.
 */
__attribute__((constructor)) static void know_few_names(void) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS, NULL);
    const EVP_MD *const known[] = {EVP_md5(),      EVP_sha1(),     EVP_sha224(),     EVP_sha256(),     EVP_sha384(),   EVP_sha512(),
                                   EVP_sha3_224(), EVP_sha3_256(), EVP_sha3_384(),   EVP_sha3_512(),   EVP_sha512_224(), EVP_sha512_256()};
    for (size_t at = 0; at < sizeof known / sizeof known[0]; at++) EVP_add_digest(known[at]);
}

/* The default provider of the default library context, whose algorithms all lean ones list. It is never unloaded. An instance of
 * its own for each would cost three more of the process's 1024 thread-local storage keys. */
static OSSL_PROVIDER *base;
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

/* Whether `name` is one of the aliases in `names` ("EC:id-ecPublicKey:1.2.840.10045.2.1"). */
static int has_name(const char *names, const char *name) {
    size_t length = strlen(name);
    for (const char *at = names; at != NULL; at = strchr(at, ':')) {
        if (*at == ':') at++;
        if (strncmp(at, name, length) == 0 && (at[length] == ':' || at[length] == '\0')) return 1;
    }
    return 0;
}

static int is_one_of(const char *names, const char *const *wanted) {
    for (; *wanted != NULL; wanted++)
        if (has_name(names, *wanted)) return 1;
    return 0;
}

/* What certificates, revocation lists and their signatures are digested with, old ones too, so that they are refused for what
 * they are. */
static const char *const digests[] = {"MD5",      "SHA1",     "SHA2-224",     "SHA2-256",     "SHA2-384", "SHA2-512",
                                      "SHA3-224", "SHA3-256", "SHA3-384",     "SHA3-512",     "SHA2-512/224",
                                      "SHA2-512/256", NULL};
/* Those of TLS 1.3, and of TLS 1.2 towards upstreams, which may be older. */
static const char *const ciphers[] = {"AES-128-GCM", "AES-256-GCM", "AES-128-CBC", "AES-256-CBC", "ChaCha20-Poly1305", NULL};
static const char *const macs[] = {"HMAC", NULL};
static const char *const derivations[] = {"HKDF", "TLS13-KDF", "TLS1-PRF", NULL};
static const char *const random_sources[] = {"CTR-DRBG", "SEED-SRC", NULL};
/* Signature keys, the key exchange groups, and what libssl signs the binders of sessions with as a key. */
static const char *const key_managers[] = {"EC", "RSA", "RSA-PSS", "X25519", "ED25519", "ED448", "HMAC", NULL};
static const char *const exchanges[] = {"ECDH", "X25519", NULL};
static const char *const signatures[] = {"ECDSA", "RSA", "ED25519", "ED448", "HMAC", NULL};
/* DER to keys of the types that certificates carry. */
static const char *const decoders[] = {"EC", "RSA", "RSA-PSS", "ED25519", "ED448", NULL};

/* Only the keys of certificates: a process's own are read in the default library context, see CLeanProvider.h. */
static int is_certificate_key(const OSSL_ALGORITHM *decoder) {
    const char *properties = decoder->property_definition;
    return strstr(properties, "input=der") != NULL && strstr(properties, "structure=SubjectPublicKeyInfo") != NULL;
}

static int is_any(const OSSL_ALGORITHM *algorithm) {
    (void)algorithm;
    return 1;
}

/* Room for the longest list: the default provider's decoders, of which some share a name. */
#define MAXIMUM_ALGORITHMS 32

/* An operation of which less is listed. Others are asked for never, or in passing. */
static struct {
    int operation;
    const char *const *names;
    int (*keeps)(const OSSL_ALGORITHM *);
    OSSL_ALGORITHM kept[MAXIMUM_ALGORITHMS + 1];
} tables[] = {
    {OSSL_OP_DIGEST, digests, is_any, {{0}}},
    {OSSL_OP_CIPHER, ciphers, is_any, {{0}}},
    {OSSL_OP_MAC, macs, is_any, {{0}}},
    {OSSL_OP_KDF, derivations, is_any, {{0}}},
    {OSSL_OP_RAND, random_sources, is_any, {{0}}},
    {OSSL_OP_KEYMGMT, key_managers, is_any, {{0}}},
    {OSSL_OP_KEYEXCH, exchanges, is_any, {{0}}},
    {OSSL_OP_SIGNATURE, signatures, is_any, {{0}}},
    {OSSL_OP_DECODER, decoders, is_certificate_key, {{0}}},
};
#define TABLE_COUNT (sizeof tables / sizeof tables[0])

/* Puts in what is done here in a cheaper way. */
static void refine(int operation, OSSL_ALGORITHM *kept, size_t count) {
    for (size_t at = 0; at < count && operation == OSSL_OP_KEYMGMT; at++)
        if (has_name(kept[at].algorithm_names, "EC"))
            kept[at].implementation = LeanCurveKeys_manager(base, kept[at].implementation);
    for (size_t at = 0; at < count && operation == OSSL_OP_DIGEST; at++)
        LeanKeySchedule_take_digest(base, kept[at].algorithm_names, kept[at].implementation);
    for (size_t at = 0; at < count && operation == OSSL_OP_KDF; at++)
        if (has_name(kept[at].algorithm_names, "TLS13-KDF") && LeanKeySchedule_take_base(kept[at].implementation))
            kept[at].implementation = LeanKeySchedule_functions;
    /* OpenSSL tries the decoder that is listed last first. */
    if (operation == OSSL_OP_DECODER && count < MAXIMUM_ALGORITHMS)
        kept[count] = (OSSL_ALGORITHM){"EC", "provider=lean,input=der,structure=SubjectPublicKeyInfo", LeanCurveKeys_decoder, NULL};
}

static void build_tables(void) {
    base = OSSL_PROVIDER_load(NULL, "default");
    if (base == NULL) return;
    for (size_t table = 0; table < TABLE_COUNT; table++) {
        int no_cache = 0;
        size_t count = 0;
        const OSSL_ALGORITHM *all = OSSL_PROVIDER_query_operation(base, tables[table].operation, &no_cache);
        for (; all != NULL && all->algorithm_names != NULL && count < MAXIMUM_ALGORITHMS; all++)
            if (is_one_of(all->algorithm_names, tables[table].names) && tables[table].keeps(all))
                tables[table].kept[count++] = *all;
        refine(tables[table].operation, tables[table].kept, count);
    }
}

static const OSSL_ALGORITHM *query(void *context, int operation, int *no_cache) {
    (void)context;
    *no_cache = 0;
    for (size_t table = 0; table < TABLE_COUNT; table++)
        if (tables[table].operation == operation) return tables[table].kept;
    return OSSL_PROVIDER_query_operation(base, operation, no_cache);
}

/* TLS groups are a capability of the provider. */
static int capabilities(void *context, const char *capability, OSSL_CALLBACK *callback, void *argument) {
    (void)context;
    return OSSL_PROVIDER_get_capabilities(base, capability, callback, argument);
}

static const OSSL_DISPATCH functions[] = {
    {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query},
    {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))capabilities},
    {0, NULL},
};

/* The algorithms are the default provider's own functions, so they are given its context. */
static int initialize(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **context) {
    (void)handle;
    LeanCurveKeys_take(in);
    *context = OSSL_PROVIDER_get0_provider_ctx(base);
    *out = functions;
    return 1;
}

CLeanProvider_library *CLeanProvider_new(void) {
    pthread_once(&tables_once, build_tables);
    if (base == NULL) return NULL;
    CLeanProvider_library *library = calloc(1, sizeof *library);
    if (library == NULL) return NULL;
    library->context = OSSL_LIB_CTX_new();
#ifdef CLEANPROVIDER_PLAIN
    /* What being lean saves is measured against this: `swift build -Xcc -DCLEANPROVIDER_PLAIN`. */
    if (library->context != NULL) library->provider = OSSL_PROVIDER_load(library->context, "default");
    if (library->provider != NULL) return library;
#endif
    if (library->context != NULL && OSSL_PROVIDER_add_builtin(library->context, "lean", initialize) == 1)
        library->provider = OSSL_PROVIDER_load(library->context, "lean");
    if (library->provider != NULL) return library;
    /* Nothing was drawn from it yet. */
    OSSL_LIB_CTX_free(library->context);
    free(library);
    return NULL;
}

OSSL_LIB_CTX *CLeanProvider_context(CLeanProvider_library *library) { return library->context; }
