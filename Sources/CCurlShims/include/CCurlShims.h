#ifndef CCURLSHIMS_H
#define CCURLSHIMS_H

#include <curl/curl.h>

typedef size_t (*CCurlShims_transfer)(char *octets, size_t size, size_t count, void *owner);

/* `curl_easy_setopt` takes a variable number of arguments, so Swift cannot call it; this one has a number. */
static inline CURLcode CCurlShims_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

/* As above, with a size that may be larger than a long. */
static inline CURLcode CCurlShims_set_size(CURL *handle, CURLoption option, long long value) {
    return curl_easy_setopt(handle, option, (curl_off_t)value);
}

/* As above, with a text, which libcurl copies. */
static inline CURLcode CCurlShims_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

/* As above, with an object of ours, or a list of libcurl's. */
static inline CURLcode CCurlShims_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

/* As above, with the function that takes or gives octets. */
static inline CURLcode CCurlShims_set_transfer(CURL *handle, CURLoption option, CCurlShims_transfer value) {
    return curl_easy_setopt(handle, option, value);
}

typedef int (*CCurlShims_progress)(
    void *owner, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up);

/* As above, with the function that is asked now and then whether to go on. */
static inline CURLcode CCurlShims_set_progress(CURL *handle, CURLoption option, CCurlShims_progress value) {
    return curl_easy_setopt(handle, option, value);
}

/* `curl_easy_getinfo` takes a variable number of arguments, too. */
static inline long CCurlShims_response_code(CURL *handle) {
    long code = 0;
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code) == CURLE_OK ? code : 0;
}

#endif
