#include "CLeanProvider.h"

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct CLeanProvider_library {
    OSSL_LIB_CTX *context;
    OSSL_PROVIDER *provider;
};

/* More than the default provider lists of one operation. */
#define MAXIMUM_ALGORITHMS 192

/* The default provider of the default library context, whose algorithms all lean ones list. It is never unloaded. An instance of
 * its own for each would cost three more of the process's 1024 thread-local storage keys. */
static OSSL_PROVIDER *base;
static OSSL_ALGORITHM decoders[MAXIMUM_ALGORITHMS + 1];
static OSSL_ALGORITHM key_managers[MAXIMUM_ALGORITHMS + 1];
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

/* PEM to DER, and DER to keys of the types that certificates carry. Encrypted keys and other containers are not read. */
static int keeps_decoder(const OSSL_ALGORITHM *algorithm) {
    static const char *const keys[] = {"EC", "RSA", "RSA-PSS", "ED25519", "ED448", NULL};
    const char *properties = algorithm->property_definition;
    if (has_name(algorithm->algorithm_names, "DER")) return strstr(properties, "input=pem") != NULL;
    if (strstr(properties, "input=der") == NULL || !is_one_of(algorithm->algorithm_names, keys)) return 0;
    return strstr(properties, "structure=SubjectPublicKeyInfo") != NULL || strstr(properties, "structure=PrivateKeyInfo") != NULL
        || strstr(properties, "structure=type-specific") != NULL;
}

/* Signature keys, the key exchange groups, and the key derivations that libssl asks for as keys. */
static int keeps_key_manager(const OSSL_ALGORITHM *algorithm) {
    static const char *const kept[] = {"EC",    "RSA",  "RSA-PSS",  "X25519", "X448", "ED25519",
                                       "ED448", "HKDF", "TLS1-PRF", "HMAC",   NULL};
    return is_one_of(algorithm->algorithm_names, kept);
}

static void filter(int operation, int (*keeps)(const OSSL_ALGORITHM *), OSSL_ALGORITHM *kept) {
    int no_cache = 0;
    const OSSL_ALGORITHM *all = OSSL_PROVIDER_query_operation(base, operation, &no_cache);
    size_t count = 0;
    for (; all != NULL && all->algorithm_names != NULL && count < MAXIMUM_ALGORITHMS; all++)
        if (keeps(all)) kept[count++] = *all;
    kept[count] = (OSSL_ALGORITHM){NULL, NULL, NULL, NULL};
}

static void build_tables(void) {
    base = OSSL_PROVIDER_load(NULL, "default");
    if (base == NULL) return;
    filter(OSSL_OP_DECODER, keeps_decoder, decoders);
    filter(OSSL_OP_KEYMGMT, keeps_key_manager, key_managers);
}

static const OSSL_ALGORITHM *query(void *context, int operation, int *no_cache) {
    (void)context;
    *no_cache = 0;
    switch (operation) {
    case OSSL_OP_DECODER: return decoders;
    case OSSL_OP_KEYMGMT: return key_managers;
    default: return OSSL_PROVIDER_query_operation(base, operation, no_cache);
    }
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
    (void)in;
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
    if (library->context != NULL && OSSL_PROVIDER_add_builtin(library->context, "lean", initialize) == 1)
        library->provider = OSSL_PROVIDER_load(library->context, "lean");
    if (library->provider != NULL) return library;
    /* Nothing was drawn from it yet. */
    OSSL_LIB_CTX_free(library->context);
    free(library);
    return NULL;
}

OSSL_LIB_CTX *CLeanProvider_context(CLeanProvider_library *library) { return library->context; }
