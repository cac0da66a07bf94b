#ifndef CLINUXSHIMS_H
#define CLINUXSHIMS_H

#include <sys/socket.h>

/* `accept4` is declared only under _GNU_SOURCE, which `import Glibc` does not set. */
int CLinuxShims_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

#endif
