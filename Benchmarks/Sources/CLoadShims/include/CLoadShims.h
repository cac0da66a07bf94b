#ifndef CLOADSHIMS_H
#define CLOADSHIMS_H

#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

/* `accept4` is declared only under _GNU_SOURCE, which `import Glibc` does not set. */
int CLoadShims_accept4(int descriptor, int flags);

/* `IPPROTO_TCP` and `TCP_NODELAY` are imported with types that `setsockopt` does not take. */
int CLoadShims_set_no_delay(int descriptor);

/* `SOCK_STREAM`, `SOCK_NONBLOCK` and `SOCK_CLOEXEC` are an enum, which Swift cannot combine with `|`. */
static inline int CLoadShims_stream_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}
static inline int CLoadShims_accept_nonblocking(int descriptor) {
    return CLoadShims_accept4(descriptor, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/* `struct epoll_event` is packed on x86-64 and holds a union: the token goes in and out here. */
static inline int CLoadShims_epoll_control(int poller, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = { .events = events, .data = { .u64 = token } };
    return epoll_ctl(poller, operation, descriptor, &event);
}
static inline uint64_t CLoadShims_epoll_token(const struct epoll_event *event) { return event->data.u64; }

/* Function-like macros of OpenSSL, which Swift cannot see. */
static inline long CLoadShims_set_protocol(SSL_CTX *context, int version) {
    return SSL_CTX_set_min_proto_version(context, version) && SSL_CTX_set_max_proto_version(context, version);
}
static inline long CLoadShims_set_groups(SSL_CTX *context, const char *groups) {
    return SSL_CTX_set1_groups_list(context, groups);
}
static inline void CLoadShims_set_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
}
static inline long CLoadShims_set_server_name(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name); }
static inline const char *CLoadShims_negotiated_group(SSL *ssl) {
    return SSL_group_to_name(ssl, (int)SSL_get_negotiated_group(ssl));
}

/* An alert from the peer is an error whose reason is the alert's code plus `SSL_AD_REASON_OFFSET`. -1: not an alert. */
static inline int CLoadShims_alert_code(unsigned long error) {
    int reason = ERR_GET_REASON(error);
    if (ERR_GET_LIB(error) != ERR_LIB_SSL || reason < SSL_AD_REASON_OFFSET) return -1;
    return reason - SSL_AD_REASON_OFFSET;
}
static inline int CLoadShims_is_unexpected_eof(unsigned long error) {
    return ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
}
static inline int CLoadShims_is_unverified(unsigned long error) {
    return ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED;
}

#endif
