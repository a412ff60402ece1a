/* SPDX-License-Identifier: PostgreSQL */
/* What has to be undone, last in, first out, on every way out. */
#ifndef PGR_RUN_UNDO_H
#define PGR_RUN_UNDO_H

#include "base/err.h"
#include "base/vec.h"

#include <stdbool.h>

struct undo_step {
    const char *what; /* "throw-away server in /var/tmp/…", for messages */
    bool (*fn)(void *context, struct err *e); /* must be bounded in time; proves what it removed */
    void *context;
};

struct undo {
    struct vec steps; /* struct undo_step */
};

struct undo undo_new(struct arena *a);
void undo_push(struct undo *u, const char *what, bool (*fn)(void *context, struct err *e),
               void *context);

/* Carries out and forgets every step, also behind one that failed. The failures' texts
 * ("what: why") are pushed to `failures` (struct vec of const char *). True when there were none.
 */
bool undo_all(struct undo *u, struct vec *failures);

#endif
