#ifndef CLINUXSHIMS_H
#define CLINUXSHIMS_H

#include <sys/socket.h>

/* `accept4` is declared only under _GNU_SOURCE, which `import Glibc` does not set. */
int CLinuxShims_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

/* `pthread_setname_np` is declared only under _GNU_SOURCE. Names the calling thread; longer than 15 bytes is an error. */
int CLinuxShims_name_this_thread(const char *name);

/* `ioctl` is variadic. Octets written to a socket that the peer's kernel has not acknowledged; -1 when it cannot tell. */
int CLinuxShims_undelivered_octets(int descriptor);

#endif
