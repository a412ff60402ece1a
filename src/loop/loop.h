/* SPDX-License-Identifier: PostgreSQL */
/* An event loop on poll(2): descriptors and timers, one thread. */
#ifndef PGR_LOOP_LOOP_H
#define PGR_LOOP_LOOP_H

#include "base/err.h"
#include "base/interrupt.h"

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_watch;
struct loop_timer;

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

struct loop *loop_new(struct interrupt *intr);
void loop_free(struct loop *l); /* takes NULL; frees what is still watched */
void loop_cleanup(struct loop **l);

/* Calls `fn` whenever `fd` is ready. Callbacks may change and remove any watch, their own included.
 */
struct loop_watch *loop_watch(struct loop *l, int fd, int events,
                              void (*fn)(void *context, int ready), void *context);
void loop_change(struct loop_watch *w, int fd, int events);
void loop_unwatch(struct loop_watch *w);

/* Calls `fn` once at monotonic time `at_us`, not before. */
struct loop_timer *loop_timer(struct loop *l, int64_t at_us, void (*fn)(void *context),
                              void *context);
void loop_cancel(struct loop_timer *t);

/* Runs until loop_stop, an interrupt (false, ERR_INTERRUPTED), or until_us (0: none). */
MUST bool loop_run(struct loop *l, int64_t until_us, struct err *e);
void loop_stop(struct loop *l);

/* Microseconds spent in callbacks since the loop was made: the generator's own work. */
int64_t loop_busy_us(const struct loop *l);

#endif
