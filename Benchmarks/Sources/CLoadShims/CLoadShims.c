#define _GNU_SOURCE
#include "CLoadShims.h"

#include <netinet/tcp.h>

int CLoadShims_accept4(int descriptor, int flags) { return accept4(descriptor, NULL, NULL, flags); }

int CLoadShims_set_no_delay(int descriptor) {
    int on = 1;
    return setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}
