#include "COpenSSLShims.h"

#include <errno.h>
#include <openssl/bio.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * OpenSSL's socket BIO, but for what it writes: while more is said to follow, the kernel gathers records (MSG_MORE) instead of
 * sending each as a packet of its own, and a peer that has gone raises no SIGPIPE.
 */

static BIO_METHOD *method;
static pthread_once_t method_once = PTHREAD_ONCE_INIT;

/* What BIO_set_data keeps: the descriptor, and whether more follows. */
static int descriptor_of(BIO *bio) { return (int)((intptr_t)BIO_get_data(bio) >> 1); }
static int more_follows(BIO *bio) { return (int)((intptr_t)BIO_get_data(bio) & 1); }

static int outcome(BIO *bio, ssize_t result, int retry) {
    if (result < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
    return (int)result;
}

static int socket_read(BIO *bio, char *octets, int count) {
    if (octets == NULL || count <= 0) return 0;
    BIO_clear_retry_flags(bio);
    errno = 0;
    ssize_t result = recv(descriptor_of(bio), octets, (size_t)count, 0);
    if (result == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return outcome(bio, result, BIO_FLAGS_READ);
}

static int socket_write(BIO *bio, const char *octets, int count) {
    BIO_clear_retry_flags(bio);
    errno = 0;
    int flags = MSG_NOSIGNAL | (more_follows(bio) ? MSG_MORE : 0);
    return outcome(bio, send(descriptor_of(bio), octets, (size_t)count, flags), BIO_FLAGS_WRITE);
}

static long socket_control(BIO *bio, int command, long number, void *pointer) {
    (void)number;
    (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DUP: return 1;
    case BIO_CTRL_EOF: return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    default: return 0;
    }
}

static void make_method(void) {
    BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "pulsegate socket");
    if (made == NULL) return;
    if (BIO_meth_set_read(made, socket_read) == 1 && BIO_meth_set_write(made, socket_write) == 1
        && BIO_meth_set_ctrl(made, socket_control) == 1)
        method = made;
    else
        BIO_meth_free(made);
}

int COpenSSLShims_set_socket(SSL *ssl, int descriptor) {
    pthread_once(&method_once, make_method);
    BIO *bio = method != NULL ? BIO_new(method) : NULL;
    if (bio == NULL) return 0;
    BIO_set_data(bio, (void *)((intptr_t)descriptor << 1));
    BIO_set_init(bio, 1);
    /* One for both directions, which takes the one reference. */
    SSL_set_bio(ssl, bio, bio);
    return 1;
}

void COpenSSLShims_set_more_follows(SSL *ssl, int more) {
    BIO *bio = SSL_get_wbio(ssl);
    BIO_set_data(bio, (void *)((intptr_t)descriptor_of(bio) << 1 | (more != 0)));
}
