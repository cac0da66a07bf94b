#define _GNU_SOURCE
#include "CLinuxShims.h"

#include <pthread.h>

int CLinuxShims_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags) {
    return accept4(descriptor, address, length, flags);
}

int CLinuxShims_name_this_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }
