#ifndef CLINUXSHIMS_H
#define CLINUXSHIMS_H

#include <spawn.h>
#include <stddef.h>
#include <sys/socket.h>

/* `accept4` is declared only under _GNU_SOURCE, which `import Glibc` does not set. */
int CLinuxShims_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

/* `pthread_setname_np` is declared only under _GNU_SOURCE. Names the calling thread; longer than 15 bytes is an error. */
int CLinuxShims_name_this_thread(const char *name);

/* `ioctl` is variadic. Octets written to a socket that the peer's kernel has not acknowledged; -1 when it cannot tell. */
int CLinuxShims_undelivered_octets(int descriptor);

/* `preadv2` is declared only under _GNU_SOURCE. Reads what is in memory and never waits for a disk: the octets read, -EAGAIN when
   they are not at hand, -EOPNOTSUPP on a file system that cannot tell, or another negated errno. */
long CLinuxShims_read_at_hand(int descriptor, void *room, size_t octets, long offset);

/* The C library has no sched_setattr(2) before 2.41. Asks that this thread run for so many nanoseconds at a time, and so be run the
   sooner when it wakes; its policy and nice value stay. 0, or the errno. */
int CLinuxShims_ask_for_slices(unsigned long nanoseconds);

/* <malloc.h> is not in `import Glibc`. Allocations of so many octets, and larger ones, are mappings of their own from now on, which
   go back to the system when they are freed. 1 for success. */
int CLinuxShims_give_large_allocations_back(int octets);

/* What was freed in small pieces goes back to the system, as far as whole pages are free. 1 when any did. */
int CLinuxShims_give_freed_memory_back(void);

/* Freed pieces that the C library keeps for the calling thread, each of which holds its page, in a list of their own. It has no
   other way to give them up: whoever frees them has them in its cache, until its thread ends. */
typedef struct __attribute__((swift_attr("@Sendable"))) { void *first; } CLinuxShims_pieces;
CLinuxShims_pieces CLinuxShims_take_cached_pieces(int of_one_size);
void CLinuxShims_free_pieces(CLinuxShims_pieces pieces);

/* `posix_spawn_file_actions_addclosefrom_np` is declared only under _GNU_SOURCE. The new program has no descriptors from this one on. */
int CLinuxShims_close_from(posix_spawn_file_actions_t *actions, int descriptor);

/* <linux/filter.h> is not in `import Glibc`. The kernel drops whatever arrives for a TCP socket from now on, unread and
   unacknowledged, as if its machine were switched off; the acknowledgement that it owes already leaves first. 0 for success. */
int CLinuxShims_drop_incoming(int descriptor);

#endif
