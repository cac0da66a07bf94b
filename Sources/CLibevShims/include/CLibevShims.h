#ifndef CLIBEVSHIMS_H
#define CLIBEVSHIMS_H

#include <ev.h>

typedef void (*CLibevShims_io_callback)(struct ev_loop *loop, struct ev_io *watcher, int events);
typedef void (*CLibevShims_timer_callback)(struct ev_loop *loop, struct ev_timer *watcher, int events);
typedef void (*CLibevShims_async_callback)(struct ev_loop *loop, struct ev_async *watcher, int events);
typedef void (*CLibevShims_idle_callback)(struct ev_loop *loop, struct ev_idle *watcher, int events);

/* `ev_io_init` is a macro, so Swift cannot see it. */
static inline void CLibevShims_io_init(
    struct ev_io *watcher, CLibevShims_io_callback callback, int descriptor, int events, void *owner) {
    ev_io_init(watcher, callback, descriptor, events);
    watcher->data = owner;
}

/* `ev_io_modify` is a macro; unlike `ev_io_set` it lets libev skip the epoll_ctl when nothing changes in the end. */
static inline void CLibevShims_io_modify(struct ev_io *watcher, int events) { ev_io_modify(watcher, events); }

/* `ev_timer_init` is a macro, so Swift cannot see it. */
static inline void CLibevShims_timer_init(struct ev_timer *watcher, CLibevShims_timer_callback callback, void *owner) {
    ev_timer_init(watcher, callback, 0., 0.);
    watcher->data = owner;
}

/* `ev_timer_set` is a macro, so Swift cannot see it. */
static inline void CLibevShims_timer_set(struct ev_timer *watcher, double after) { ev_timer_set(watcher, after, 0.); }

/* `ev_is_active` is a macro, so Swift cannot see it. */
static inline int CLibevShims_timer_is_active(const struct ev_timer *watcher) { return ev_is_active(watcher); }

/* `ev_async_init` is a macro, so Swift cannot see it. */
static inline void CLibevShims_async_init(struct ev_async *watcher, CLibevShims_async_callback callback, void *owner) {
    ev_async_init(watcher, callback);
    watcher->data = owner;
}

/* `ev_idle_init` and `ev_set_priority` are macros, so Swift cannot see them. */
static inline void CLibevShims_idle_init_first(struct ev_idle *watcher, CLibevShims_idle_callback callback, void *owner) {
    ev_idle_init(watcher, callback);
    ev_set_priority(watcher, EV_MAXPRI);
    watcher->data = owner;
}

/* What another thread may hold of a loop. A struct, so that it can be declared Sendable: `ev_async_send` is the one
   libev call that any thread may make. */
typedef struct __attribute__((swift_attr("@Sendable"))) {
    struct ev_loop *loop;
    struct ev_async *async;
} CLibevShims_waker;

/* Two pointers that Swift would have to unwrap at every call. */
static inline void CLibevShims_wake(CLibevShims_waker waker) { ev_async_send(waker.loop, waker.async); }

#endif
