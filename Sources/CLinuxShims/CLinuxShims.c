#define _GNU_SOURCE
#include "CLinuxShims.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int CLinuxShims_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags) {
    return accept4(descriptor, address, length, flags);
}

int CLinuxShims_name_this_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

/* The kernel's own header defines sched_param a second time; this is its first version, which every later kernel takes. */
struct slice_attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

int CLinuxShims_ask_for_slices(unsigned long nanoseconds) {
    struct slice_attributes attributes = {0};
    if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return errno;
    /* Elsewhere the runtime means something else. */
    if (attributes.policy != SCHED_OTHER && attributes.policy != SCHED_BATCH) return EOPNOTSUPP;
    attributes.runtime = nanoseconds;
    return syscall(SYS_sched_setattr, 0, &attributes, 0) == 0 ? 0 : errno;
}

int CLinuxShims_undelivered_octets(int descriptor) {
    int octets = 0;
    return ioctl(descriptor, SIOCOUTQ, &octets) == 0 ? octets : -1;
}

long CLinuxShims_read_at_hand(int descriptor, void *room, size_t octets, long offset) {
    struct iovec piece = {.iov_base = room, .iov_len = octets};
    ssize_t got = preadv2(descriptor, &piece, 1, offset, RWF_NOWAIT);
    return got >= 0 ? got : -errno;
}

int CLinuxShims_give_freed_memory_back(void) { return malloc_trim(0); }

/* glibc's bounds (tcache_max): from the smallest piece to the largest that a thread keeps, in steps of its alignment. */
enum { SMALLEST_PIECE = 24, LARGEST_PIECE = 1032, PIECE_STEP = 16 };

CLinuxShims_pieces CLinuxShims_take_cached_pieces(int of_one_size) {
    CLinuxShims_pieces pieces = {NULL};
    for (size_t octets = SMALLEST_PIECE; octets <= LARGEST_PIECE; octets += PIECE_STEP)
        for (int count = 0; count < of_one_size; count++) {
            void **piece = malloc(octets);
            if (piece == NULL) return pieces;
            *piece = pieces.first;
            pieces.first = piece;
        }
    return pieces;
}

void CLinuxShims_free_pieces(CLinuxShims_pieces pieces) {
    while (pieces.first != NULL) {
        void *next = *(void **)pieces.first;
        free(pieces.first);
        pieces.first = next;
    }
}

int CLinuxShims_give_large_allocations_back(int octets) { return mallopt(M_MMAP_THRESHOLD, octets); }

int CLinuxShims_close_from(posix_spawn_file_actions_t *actions, int descriptor) {
    return posix_spawn_file_actions_addclosefrom_np(actions, descriptor);
}

int CLinuxShims_drop_incoming(int descriptor) {
    int now = 1;
    if (setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, &now, sizeof now) != 0) return -1;
    struct sock_filter keep_nothing = BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog program = {.len = 1, .filter = &keep_nothing};
    return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}
