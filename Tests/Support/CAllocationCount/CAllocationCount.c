// Stands in front of glibc's allocator: a program's own definitions come first for every library that it loads.
#include "CAllocationCount.h"

#include <errno.h>
#include <stddef.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

// In the thread's own block, so that reading it asks for no memory itself.
static _Thread_local unsigned long requests __attribute__((tls_model("initial-exec")));

unsigned long CAllocationCount_ofThisThread(void) { return requests; }

void *malloc(size_t size) {
    requests++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    requests++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    requests++;
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    requests++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    requests++;
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}
