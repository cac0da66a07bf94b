#ifndef LEANPARTS_H
#define LEANPARTS_H

#include <openssl/core.h>
#include <openssl/provider.h>

/* What the lean provider does itself, in a cheaper way, instead of handing it to the default provider. */

/* The EC key manager of `base` with a second way to load a key, and the decoder that hands its keys over in that way. NULL when
 * `base` has no EC keys. Called once, before anything else of them is used. */
const OSSL_DISPATCH *LeanCurveKeys_manager(OSSL_PROVIDER *base, const OSSL_DISPATCH *manager);
extern const OSSL_DISPATCH LeanCurveKeys_decoder[];

/* How OpenSSL lets a provider read what it is to decode. */
void LeanCurveKeys_take(const OSSL_DISPATCH *core);

/* The key schedule of TLS 1.3: what it uses of the default provider, which it leaves to it what it does not know. */
void LeanKeySchedule_take_digest(OSSL_PROVIDER *base, const char *names, const OSSL_DISPATCH *functions);
int LeanKeySchedule_take_base(const OSSL_DISPATCH *functions);
extern const OSSL_DISPATCH LeanKeySchedule_functions[];

#endif
