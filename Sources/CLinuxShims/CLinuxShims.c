#define _GNU_SOURCE
#include "CLinuxShims.h"

#include <linux/sockios.h>
#include <pthread.h>
#include <sys/ioctl.h>

int CLinuxShims_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags) {
    return accept4(descriptor, address, length, flags);
}

int CLinuxShims_name_this_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

int CLinuxShims_undelivered_octets(int descriptor) {
    int octets = 0;
    return ioctl(descriptor, SIOCOUTQ, &octets) == 0 ? octets : -1;
}
