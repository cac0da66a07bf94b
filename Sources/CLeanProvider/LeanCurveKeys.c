#include "LeanParts.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/core_object.h>
#include <openssl/params.h>
#include <string.h>

/*
 * Public keys on P-256 and P-384, decoded for the default provider's EC key manager.
 *
 * Its own decoder computes a curve's constants anew for every key: inverses for Montgomery arithmetic, the generator, the order.
 * This one copies a key that has nothing but the curve, and lets the key manager set the point, which checks that it lies on the
 * curve (RFC 5480 §2.2, NIST SP 800-56A §5.6.2.3.4). All that passes between the two is the provider interface.
 */

/* Longest of the two encodings: SEQUENCE, AlgorithmIdentifier, BIT STRING with an uncompressed point. */
#define MAXIMUM_ENCODING 120

struct curve {
    const char *name;
    size_t prefix_count, point_count;
    /* Of every SubjectPublicKeyInfo with an uncompressed point on the curve, up to the point; DER has one way to write it. */
    unsigned char prefix[26];
    void *template;
};

static struct curve curves[] = {
    {"P-256", 26, 65,
     {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
      0x01, 0x07, 0x03, 0x42, 0x00},
     NULL},
    {"P-384", 23, 97,
     {0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03,
      0x62, 0x00},
     NULL},
};
#define CURVE_COUNT (sizeof curves / sizeof curves[0])

/* More than the functions of any key manager. */
#define MAXIMUM_FUNCTIONS 48

static OSSL_DISPATCH manager_functions[MAXIMUM_FUNCTIONS + 1];
static OSSL_FUNC_keymgmt_load_fn *base_load;
static OSSL_FUNC_keymgmt_dup_fn *duplicate;
static OSSL_FUNC_keymgmt_set_params_fn *set_parameters;
static OSSL_FUNC_keymgmt_free_fn *free_key;
/* Written by every library context that is made, always with the same function. */
static _Atomic(OSSL_FUNC_BIO_read_ex_fn *) read_octets;

/* A key on its way from this decoder to `load`. Its size tells it from those of the default provider's decoders. */
struct delivery {
    void *key;
    const void *sender;
};

static void *load(const void *reference, size_t count) {
    struct delivery *delivery = (struct delivery *)reference;
    if (count != sizeof *delivery || delivery->sender != curves) return base_load(reference, count);
    void *key = delivery->key;
    delivery->key = NULL;
    return key;
}

static void *make_template(OSSL_PROVIDER *base, const OSSL_DISPATCH *manager, const char *name) {
    OSSL_FUNC_keymgmt_new_fn *new_key = NULL;
    OSSL_FUNC_keymgmt_import_fn *import = NULL;
    for (; manager->function_id != 0; manager++) {
        if (manager->function_id == OSSL_FUNC_KEYMGMT_NEW) new_key = OSSL_FUNC_keymgmt_new(manager);
        if (manager->function_id == OSSL_FUNC_KEYMGMT_IMPORT) import = OSSL_FUNC_keymgmt_import(manager);
    }
    if (new_key == NULL || import == NULL) return NULL;
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)name, 0),
                               OSSL_PARAM_construct_end()};
    void *key = new_key(OSSL_PROVIDER_get0_provider_ctx(base));
    if (key != NULL && import(key, OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS, parameters) != 1) {
        free_key(key);
        key = NULL;
    }
    return key;
}

const OSSL_DISPATCH *LeanCurveKeys_manager(OSSL_PROVIDER *base, const OSSL_DISPATCH *manager) {
    size_t count = 0;
    for (const OSSL_DISPATCH *at = manager; at->function_id != 0 && count < MAXIMUM_FUNCTIONS; at++) {
        manager_functions[count] = *at;
        if (at->function_id == OSSL_FUNC_KEYMGMT_LOAD) {
            base_load = OSSL_FUNC_keymgmt_load(at);
            manager_functions[count].function = (void (*)(void))load;
        }
        if (at->function_id == OSSL_FUNC_KEYMGMT_DUP) duplicate = OSSL_FUNC_keymgmt_dup(at);
        if (at->function_id == OSSL_FUNC_KEYMGMT_SET_PARAMS) set_parameters = OSSL_FUNC_keymgmt_set_params(at);
        if (at->function_id == OSSL_FUNC_KEYMGMT_FREE) free_key = OSSL_FUNC_keymgmt_free(at);
        count++;
    }
    if (base_load == NULL || duplicate == NULL || set_parameters == NULL || free_key == NULL) return manager;
    for (size_t curve = 0; curve < CURVE_COUNT; curve++)
        curves[curve].template = make_template(base, manager, curves[curve].name);
    return manager_functions;
}

void LeanCurveKeys_take(const OSSL_DISPATCH *core) {
    for (; core->function_id != 0; core++)
        if (core->function_id == OSSL_FUNC_BIO_READ_EX) read_octets = OSSL_FUNC_BIO_read_ex(core);
}

static void *new_decoder(void *context) {
    (void)context;
    return curves;
}

static void free_decoder(void *decoder) { (void)decoder; }

static int does_selection(void *context, int selection) {
    (void)context;
    return selection == 0 || (selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) != 0;
}

static const struct curve *curve_of(OSSL_CORE_BIO *input, unsigned char *encoding) {
    size_t count = 0;
    /* The first two octets tell the length. What is longer is none of ours, and read again by whoever is next. */
    OSSL_FUNC_BIO_read_ex_fn *read = read_octets;
    if (read == NULL || read(input, encoding, 2, &count) != 1 || count != 2) return NULL;
    for (size_t curve = 0; curve < CURVE_COUNT; curve++) {
        const struct curve *candidate = &curves[curve];
        size_t total = candidate->prefix_count + candidate->point_count;
        if (candidate->template == NULL || memcmp(encoding, candidate->prefix, 2) != 0) continue;
        if (read(input, encoding + 2, total - 2, &count) != 1 || count != total - 2) return NULL;
        /* 4: both coordinates, as RFC 5480 wants it; the others are left to the default provider. */
        return memcmp(encoding, candidate->prefix, candidate->prefix_count) == 0 && encoding[candidate->prefix_count] == 4
                   ? candidate
                   : NULL;
    }
    return NULL;
}

/* Nothing decoded is no failure: OpenSSL asks the default provider's decoder next. */
static int decode(void *decoder, OSSL_CORE_BIO *input, int selection, OSSL_CALLBACK *deliver, void *argument,
                  OSSL_PASSPHRASE_CALLBACK *passphrase, void *passphrase_argument) {
    (void)decoder, (void)selection, (void)passphrase, (void)passphrase_argument;
    unsigned char encoding[MAXIMUM_ENCODING];
    const struct curve *curve = curve_of(input, encoding);
    if (curve == NULL) return 1;
    struct delivery delivery = {duplicate(curve->template, OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS), curves};
    if (delivery.key == NULL) return 1;
    OSSL_PARAM point[] = {OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, encoding + curve->prefix_count,
                                                            curve->point_count),
                          OSSL_PARAM_construct_end()};
    int result = 1;
    if (set_parameters(delivery.key, point) == 1) {
        int type = OSSL_OBJECT_PKEY;
        OSSL_PARAM object[] = {OSSL_PARAM_construct_int(OSSL_OBJECT_PARAM_TYPE, &type),
                               OSSL_PARAM_construct_utf8_string(OSSL_OBJECT_PARAM_DATA_TYPE, (char *)"EC", 0),
                               OSSL_PARAM_construct_octet_string(OSSL_OBJECT_PARAM_REFERENCE, &delivery, sizeof delivery),
                               OSSL_PARAM_construct_end()};
        result = deliver(object, argument);
    }
    /* Taken by `load`, or still ours. */
    if (delivery.key != NULL) free_key(delivery.key);
    return result;
}

const OSSL_DISPATCH LeanCurveKeys_decoder[] = {
    {OSSL_FUNC_DECODER_NEWCTX, (void (*)(void))new_decoder},
    {OSSL_FUNC_DECODER_FREECTX, (void (*)(void))free_decoder},
    {OSSL_FUNC_DECODER_DOES_SELECTION, (void (*)(void))does_selection},
    {OSSL_FUNC_DECODER_DECODE, (void (*)(void))decode},
    {0, NULL},
};
