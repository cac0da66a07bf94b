#include "LeanParts.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

/*
 * The key schedule of TLS 1.3 (RFC 8446 §7.1) over the default provider's own digests.
 *
 * A full handshake derives 19 secrets. The default provider looks up the digest by name, sets up a MAC and copies every input
 * for each of them, which costs ten times what the hashing does. What is not asked for as libssl asks is left to it.
 */

struct digest {
    /* As libssl names it: the first of the provider's names. */
    const char *name;
    size_t block, count;
    OSSL_FUNC_digest_newctx_fn *new_context;
    OSSL_FUNC_digest_freectx_fn *free_context;
    OSSL_FUNC_digest_init_fn *begin;
    OSSL_FUNC_digest_update_fn *update;
    OSSL_FUNC_digest_final_fn *end;
    int is_complete;
};

static struct digest digests[] = {
    {.name = "SHA2-256", .block = 64, .count = 32},
    {.name = "SHA2-384", .block = 128, .count = 48},
};
#define DIGEST_COUNT (sizeof digests / sizeof digests[0])
#define MAXIMUM_BLOCK 128
#define MAXIMUM_DIGEST 48

static void *provider_context;
static OSSL_FUNC_kdf_newctx_fn *base_new;
static OSSL_FUNC_kdf_freectx_fn *base_free;
static OSSL_FUNC_kdf_derive_fn *base_derive;

void LeanKeySchedule_take_digest(OSSL_PROVIDER *base, const char *names, const OSSL_DISPATCH *functions) {
    provider_context = OSSL_PROVIDER_get0_provider_ctx(base);
    for (size_t at = 0; at < DIGEST_COUNT; at++) {
        struct digest *digest = &digests[at];
        size_t length = strlen(digest->name);
        if (strncmp(names, digest->name, length) != 0 || (names[length] != ':' && names[length] != '\0')) continue;
        for (const OSSL_DISPATCH *function = functions; function->function_id != 0; function++) {
            switch (function->function_id) {
            case OSSL_FUNC_DIGEST_NEWCTX: digest->new_context = OSSL_FUNC_digest_newctx(function); break;
            case OSSL_FUNC_DIGEST_FREECTX: digest->free_context = OSSL_FUNC_digest_freectx(function); break;
            case OSSL_FUNC_DIGEST_INIT: digest->begin = OSSL_FUNC_digest_init(function); break;
            case OSSL_FUNC_DIGEST_UPDATE: digest->update = OSSL_FUNC_digest_update(function); break;
            case OSSL_FUNC_DIGEST_FINAL: digest->end = OSSL_FUNC_digest_final(function); break;
            default: break;
            }
        }
        digest->is_complete = digest->new_context != NULL && digest->free_context != NULL && digest->begin != NULL
                              && digest->update != NULL && digest->end != NULL;
    }
}

int LeanKeySchedule_take_base(const OSSL_DISPATCH *functions) {
    for (; functions->function_id != 0; functions++) {
        if (functions->function_id == OSSL_FUNC_KDF_NEWCTX) base_new = OSSL_FUNC_kdf_newctx(functions);
        if (functions->function_id == OSSL_FUNC_KDF_FREECTX) base_free = OSSL_FUNC_kdf_freectx(functions);
        if (functions->function_id == OSSL_FUNC_KDF_DERIVE) base_derive = OSSL_FUNC_kdf_derive(functions);
    }
    return base_new != NULL && base_free != NULL && base_derive != NULL;
}

struct octets {
    const unsigned char *at;
    size_t count;
};

static int hash(const struct digest *digest, void *context, const struct octets *parts, size_t count, unsigned char *out) {
    size_t length = 0;
    if (digest->begin(context, NULL) != 1) return 0;
    for (size_t part = 0; part < count; part++)
        if (parts[part].count != 0 && digest->update(context, parts[part].at, parts[part].count) != 1) return 0;
    return digest->end(context, out, &length, digest->count) == 1 && length == digest->count;
}

/* RFC 2104. A key is never longer than a block here: secrets are as long as the digest. */
static int hmac(const struct digest *digest, void *context, struct octets key, const struct octets *message, size_t count,
                unsigned char *out) {
    unsigned char pad[MAXIMUM_BLOCK], inner[MAXIMUM_DIGEST];
    struct octets parts[4] = {{pad, digest->block}};
    int result = 0;
    if (key.count > digest->block || count > 3) return 0;
    memset(pad, 0x36, digest->block);
    for (size_t at = 0; at < key.count; at++) pad[at] ^= key.at[at];
    memcpy(parts + 1, message, count * sizeof *message);
    if (hash(digest, context, parts, count + 1, inner) == 1) {
        for (size_t at = 0; at < digest->block; at++) pad[at] ^= 0x36 ^ 0x5c;
        parts[1] = (struct octets){inner, digest->count};
        result = hash(digest, context, parts, 2, out);
    }
    OPENSSL_cleanse(pad, sizeof pad);
    OPENSSL_cleanse(inner, sizeof inner);
    return result;
}

/* HKDF-Expand-Label (RFC 8446 §7.1) over HKDF-Expand (RFC 5869 §2.3). */
static int expand(const struct digest *digest, void *context, struct octets secret, struct octets prefix, struct octets label,
                  struct octets data, unsigned char *out, size_t count) {
    unsigned char info[2 + 1 + 255 + 1 + 255], block[MAXIMUM_DIGEST], number = 1;
    size_t length = 0, done = 0;
    if (count > 255 * digest->count || prefix.count + label.count > 255 || data.count > 255) return 0;
    info[length++] = (unsigned char)(count >> 8);
    info[length++] = (unsigned char)count;
    info[length++] = (unsigned char)(prefix.count + label.count);
    if (prefix.count != 0) memcpy(info + length, prefix.at, prefix.count);
    length += prefix.count;
    if (label.count != 0) memcpy(info + length, label.at, label.count);
    length += label.count;
    info[length++] = (unsigned char)data.count;
    if (data.count != 0) memcpy(info + length, data.at, data.count);
    length += data.count;
    int result = 1;
    while (result == 1 && done < count) {
        const struct octets message[] = {{block, done == 0 ? 0 : digest->count}, {info, length}, {&number, 1}};
        result = hmac(digest, context, secret, message, 3, block);
        size_t part = count - done < digest->count ? count - done : digest->count;
        if (result == 1) memcpy(out + done, block, part);
        done += part;
        number++;
    }
    OPENSSL_cleanse(block, sizeof block);
    return result;
}

/* One line of the schedule: Derive-Secret(the secret before, "derived", ""), and HKDF-Extract of the new secret with it. Where
 * one of the two is missing, zeros take its place. */
static int extract(const struct digest *digest, void *context, struct octets before, struct octets secret, struct octets prefix,
                   struct octets label, unsigned char *out) {
    static const unsigned char zeros[MAXIMUM_DIGEST];
    unsigned char nothing[MAXIMUM_DIGEST], salt[MAXIMUM_DIGEST];
    struct octets key = {zeros, 0}, message = secret.at != NULL ? secret : (struct octets){zeros, digest->count};
    if (before.at != NULL) {
        const struct octets transcript = {nothing, digest->count};
        if (hash(digest, context, NULL, 0, nothing) != 1
            || expand(digest, context, before, prefix, label, transcript, salt, digest->count) != 1)
            return 0;
        key = (struct octets){salt, digest->count};
    }
    int result = hmac(digest, context, key, &message, 1, out);
    OPENSSL_cleanse(salt, sizeof salt);
    return result;
}

/* Contexts have no state: everything comes with the question. */
static void *new_context(void *context) {
    (void)context;
    return digests;
}

static void free_context(void *context) { (void)context; }

static int leave_to_base(unsigned char *out, size_t count, const OSSL_PARAM parameters[]) {
    void *context = base_new(provider_context);
    if (context == NULL) return 0;
    int result = base_derive(context, out, count, parameters);
    base_free(context);
    return result;
}

static int take(const OSSL_PARAM *parameter, struct octets *octets) {
    if (parameter->data_type != OSSL_PARAM_OCTET_STRING) return 0;
    *octets = (struct octets){parameter->data, parameter->data_size};
    return 1;
}

static int derive(void *context, unsigned char *out, size_t count, const OSSL_PARAM parameters[]) {
    (void)context;
    const struct digest *digest = NULL;
    struct octets key = {NULL, 0}, salt = {NULL, 0}, prefix = {NULL, 0}, label = {NULL, 0}, data = {NULL, 0};
    int mode = -1, is_known = parameters != NULL;
    for (const OSSL_PARAM *at = parameters; is_known && at->key != NULL; at++) {
        if (strcmp(at->key, OSSL_KDF_PARAM_MODE) == 0) {
            is_known = at->data_type == OSSL_PARAM_INTEGER && OSSL_PARAM_get_int(at, &mode) == 1;
        } else if (strcmp(at->key, OSSL_KDF_PARAM_DIGEST) == 0) {
            for (size_t which = 0; which < DIGEST_COUNT && at->data_type == OSSL_PARAM_UTF8_STRING; which++)
                if (digests[which].is_complete && strcmp(at->data, digests[which].name) == 0) digest = &digests[which];
        } else if (strcmp(at->key, OSSL_KDF_PARAM_KEY) == 0) is_known = take(at, &key);
        else if (strcmp(at->key, OSSL_KDF_PARAM_SALT) == 0) is_known = take(at, &salt);
        else if (strcmp(at->key, OSSL_KDF_PARAM_PREFIX) == 0) is_known = take(at, &prefix);
        else if (strcmp(at->key, OSSL_KDF_PARAM_LABEL) == 0) is_known = take(at, &label);
        else if (strcmp(at->key, OSSL_KDF_PARAM_DATA) == 0) is_known = take(at, &data);
        else is_known = 0;
    }
    /* A key that HMAC would have to hash first is no secret of TLS. */
    if (!is_known || digest == NULL || count == 0 || key.count > digest->block || salt.count > digest->block)
        return leave_to_base(out, count, parameters);
    int is_expansion = mode == EVP_KDF_HKDF_MODE_EXPAND_ONLY && key.at != NULL && salt.at == NULL;
    int is_extraction = mode == EVP_KDF_HKDF_MODE_EXTRACT_ONLY && count == digest->count && data.at == NULL;
    if (!is_expansion && !is_extraction) return leave_to_base(out, count, parameters);
    void *hashing = digest->new_context(provider_context);
    if (hashing == NULL) return 0;
    int result = is_expansion ? expand(digest, hashing, key, prefix, label, data, out, count)
                              : extract(digest, hashing, salt, key, prefix, label, out);
    digest->free_context(hashing);
    return result;
}

const OSSL_DISPATCH LeanKeySchedule_functions[] = {
    {OSSL_FUNC_KDF_NEWCTX, (void (*)(void))new_context},
    {OSSL_FUNC_KDF_FREECTX, (void (*)(void))free_context},
    {OSSL_FUNC_KDF_DERIVE, (void (*)(void))derive},
    {0, NULL},
};
