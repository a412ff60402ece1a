/* SPDX-License-Identifier: PostgreSQL */
#include "loop/loop.h"

#include "base/arena.h"
#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct loop_watch {
    struct loop *loop;
    int fd, events;
    void (*fn)(void *context, int ready); /* NULL: removed, to be recycled after the round */
    void *context;
    size_t at;               /* in loop->watches */
    struct loop_watch *next; /* while free */
};

struct loop_timer {
    struct loop *loop;
    int64_t at_us;
    uint64_t order; /* timers of the same time run in the order they were made */
    void (*fn)(void *context);
    void *context;
    size_t at;               /* in loop->heap */
    struct loop_timer *next; /* while free */
};

struct loop {
    struct arena *arena;
    struct interrupt *intr;
    struct loop_watch **watches; /* removed ones stay until the end of the round */
    struct pollfd *fds;          /* entry 0 is the interrupt; watch i has entry i + 1 */
    size_t n_watches, cap_watches;
    struct loop_timer **heap;
    size_t n_timers, cap_timers;
    struct loop_watch *free_watches;
    struct loop_timer *free_timers;
    uint64_t next_order;
    int64_t busy_us;
    bool stopped, removed;
};

struct loop *loop_new(struct interrupt *intr)
{
    struct arena *a = arena_new();
    struct loop *l = ARENA_NEW(a, struct loop);
    l->arena = a;
    l->intr = intr;
    l->fds = arena_alloc(a, sizeof *l->fds);
    return l;
}

void loop_free(struct loop *l)
{
    if (l != NULL)
        arena_free(l->arena);
}

void loop_cleanup(struct loop **l)
{
    loop_free(*l);
    *l = NULL;
}

/* ---- watches ---- */

static void grow_watches(struct loop *l)
{
    size_t cap = l->cap_watches == 0 ? 16 : l->cap_watches * 2;
    struct loop_watch **watches = arena_alloc(l->arena, cap * sizeof(struct loop_watch *));
    struct pollfd *fds = arena_alloc(l->arena, (cap + 1) * sizeof *fds);
    if (l->n_watches > 0)
        memcpy(watches, l->watches, l->n_watches * sizeof(struct loop_watch *));
    memcpy(fds, l->fds, (l->n_watches + 1) * sizeof *fds);
    l->watches = watches;
    l->fds = fds;
    l->cap_watches = cap;
}

static void set_fd(struct loop_watch *w)
{
    unsigned wanted = (unsigned)w->events;
    unsigned events = ((wanted & LOOP_READ) != 0 ? (unsigned)POLLIN : 0U) |
                      ((wanted & LOOP_WRITE) != 0 ? (unsigned)POLLOUT : 0U);
    struct pollfd *p = &w->loop->fds[w->at + 1];
    p->fd = w->events == 0 ? -1 : w->fd; /* poll reports a hang-up even to those who ask nothing */
    p->events = (short)events;
    p->revents = 0;
}

struct loop_watch *loop_watch(struct loop *l, int fd, int events,
                              void (*fn)(void *context, int ready), void *context)
{
    assert(fn != NULL);
    struct loop_watch *w = l->free_watches;
    if (w != NULL)
        l->free_watches = w->next;
    else
        w = ARENA_NEW(l->arena, struct loop_watch);
    if (l->n_watches == l->cap_watches)
        grow_watches(l);
    *w = (struct loop_watch){.loop = l, .fd = fd, .events = events, .fn = fn, .context = context};
    w->at = l->n_watches;
    l->watches[l->n_watches++] = w;
    set_fd(w);
    return w;
}

void loop_change(struct loop_watch *w, int fd, int events)
{
    assert(w->fn != NULL);
    if (w->fd == fd && w->events == events)
        return;
    w->fd = fd;
    w->events = events;
    set_fd(w);
}

void loop_unwatch(struct loop_watch *w)
{
    if (w == NULL)
        return;
    assert(w->fn != NULL);
    w->fn = NULL;
    w->events = 0;
    set_fd(w);
    w->loop->removed = true;
}

/* Recycles removed watches; only between rounds, when nobody runs over them. */
static void sweep_watches(struct loop *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->n_watches; i++) {
        struct loop_watch *w = l->watches[i];
        if (w->fn == NULL) {
            w->next = l->free_watches;
            l->free_watches = w;
            continue;
        }
        l->watches[kept] = w;
        l->fds[kept + 1] = l->fds[i + 1];
        w->at = kept++;
    }
    l->n_watches = kept;
    l->removed = false;
}

static void run_ready(struct loop *l)
{
    size_t n = l->n_watches; /* those added meanwhile were not polled */
    for (size_t i = 0; i < n && !l->stopped; i++) {
        unsigned got = (unsigned)(unsigned short)l->fds[i + 1].revents;
        struct loop_watch *w = l->watches[i];
        if (got == 0 || w->fn == NULL)
            continue;
        l->fds[i + 1].revents = 0;
        unsigned failed = (unsigned)(POLLERR | POLLHUP | POLLNVAL);
        unsigned ready = ((got & POLLIN) != 0 ? (unsigned)LOOP_READ : 0U) |
                         ((got & POLLOUT) != 0 ? (unsigned)LOOP_WRITE : 0U);
        if ((got & failed) != 0)
            ready = (unsigned)w->events; /* reading or writing will tell what is wrong */
        w->fn(w->context, (int)ready);
    }
}

/* ---- timers: a binary heap, the earliest on top ---- */

static bool earlier(const struct loop_timer *a, const struct loop_timer *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void put(struct loop *l, size_t at, struct loop_timer *t)
{
    l->heap[at] = t;
    t->at = at;
}

static void sift_up(struct loop *l, size_t at)
{
    struct loop_timer *t = l->heap[at];
    while (at > 0 && earlier(t, l->heap[(at - 1) / 2])) {
        put(l, at, l->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(l, at, t);
}

static void sift_down(struct loop *l, size_t at)
{
    struct loop_timer *t = l->heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= l->n_timers)
            break;
        if (child + 1 < l->n_timers && earlier(l->heap[child + 1], l->heap[child]))
            child++;
        if (!earlier(l->heap[child], t))
            break;
        put(l, at, l->heap[child]);
        at = child;
    }
    put(l, at, t);
}

static void grow_heap(struct loop *l)
{
    size_t cap = l->cap_timers == 0 ? 64 : l->cap_timers * 2;
    struct loop_timer **heap = arena_alloc(l->arena, cap * sizeof(struct loop_timer *));
    if (l->n_timers > 0)
        memcpy(heap, l->heap, l->n_timers * sizeof(struct loop_timer *));
    l->heap = heap;
    l->cap_timers = cap;
}

struct loop_timer *loop_timer(struct loop *l, int64_t at_us, void (*fn)(void *context),
                              void *context)
{
    assert(fn != NULL);
    struct loop_timer *t = l->free_timers;
    if (t != NULL)
        l->free_timers = t->next;
    else
        t = ARENA_NEW(l->arena, struct loop_timer);
    if (l->n_timers == l->cap_timers)
        grow_heap(l);
    *t = (struct loop_timer){.loop = l, .at_us = at_us, .fn = fn, .context = context};
    t->order = l->next_order++;
    put(l, l->n_timers++, t);
    sift_up(l, t->at);
    return t;
}

void loop_cancel(struct loop_timer *t)
{
    if (t == NULL)
        return;
    struct loop *l = t->loop;
    size_t at = t->at;
    assert(at < l->n_timers && l->heap[at] == t);
    struct loop_timer *last = l->heap[--l->n_timers];
    if (last != t) {
        put(l, at, last);
        sift_up(l, at);
        sift_down(l, last->at);
    }
    t->fn = NULL;
    t->next = l->free_timers;
    l->free_timers = t;
}

/* Timers that callbacks add for this moment or before wait for the next round: descriptors first.
 */
static void run_due(struct loop *l, int64_t now_us)
{
    uint64_t first_new = l->next_order;
    while (l->n_timers > 0 && !l->stopped) {
        struct loop_timer *t = l->heap[0];
        if (t->at_us > now_us || t->order >= first_new)
            return;
        void (*fn)(void *) = t->fn;
        void *context = t->context;
        loop_cancel(t);
        assert(fn != NULL);
        fn(context);
    }
}

/* ---- running ---- */

static bool wait_ready(struct loop *l, int64_t until_us, struct err *e)
{
    int64_t wake_us = until_us == 0 ? INT64_MAX : until_us;
    if (l->n_timers > 0 && l->heap[0]->at_us < wake_us)
        wake_us = l->heap[0]->at_us;
    int64_t left_us = wake_us == INT64_MAX ? 0 : wake_us - clock_mono_us();
    if (left_us < 0)
        left_us = 0;
    struct timespec left = {.tv_sec = (time_t)(left_us / CLOCK_SECOND_US),
                            .tv_nsec = (long)(left_us % CLOCK_SECOND_US) * 1000};
    l->fds[0] = (struct pollfd){.fd = interrupt_fd(l->intr), .events = POLLIN};
    int n = ppoll(l->fds, (nfds_t)l->n_watches + 1, wake_us == INT64_MAX ? NULL : &left, NULL);
    if (n < 0 && errno != EINTR)
        return err_sys(e, "poll");
    if (n < 0) /* then the answers are not there */
        for (size_t i = 0; i <= l->n_watches; i++)
            l->fds[i].revents = 0;
    return true;
}

bool loop_run(struct loop *l, int64_t until_us, struct err *e)
{
    l->stopped = false;
    do {
        if (!interrupt_check(l->intr, e) || !wait_ready(l, until_us, e))
            return false;
        int64_t began_us = clock_mono_us();
        run_ready(l);
        run_due(l, began_us);
        if (l->removed)
            sweep_watches(l);
        l->busy_us += clock_mono_us() - began_us;
    } while (!l->stopped && (until_us == 0 || clock_mono_us() < until_us));
    return true;
}

void loop_stop(struct loop *l)
{
    l->stopped = true;
}

int64_t loop_busy_us(const struct loop *l)
{
    return l->busy_us;
}
