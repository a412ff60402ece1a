/* SPDX-License-Identifier: PostgreSQL */
#include "restore/outbox.h"

#include <stdlib.h>
#include <string.h>

/* What is said of a statement comes from its beginning. */
enum { STATEMENT_BYTES_KEPT = 4096 };

struct held {
    struct reject one; /* its texts are in the outbox's arena, its error is below */
    struct err why;
    bool refused;
};

void outbox_cleanup(struct outbox *o)
{
    arena_free(o->arena);
    *o = (struct outbox){0};
}

void outbox_hold(struct outbox *o, const struct reject *one, bool refused)
{
    if (o->arena == NULL) {
        o->arena = arena_new();
        o->held = vec_new(o->arena, sizeof(struct held));
    }
    size_t n = one->statement.n < STATEMENT_BYTES_KEPT ? one->statement.n : STATEMENT_BYTES_KEPT;
    struct held *held = vec_push(&o->held);
    *held = (struct held){.one = *one, .why = *one->err, .refused = refused};
    held->one.statement = (struct slice){arena_strndup(o->arena, one->statement.p, n), n};
}

static int by_offset(const void *a, const void *b)
{
    const struct held *x = a, *y = b;
    return (x->one.offset > y->one.offset) - (x->one.offset < y->one.offset);
}

void outbox_deliver(struct outbox *o, uint64_t before, struct rejects *rejects)
{
    size_t done = 0;
    if (o->held.n == 0)
        return;
    qsort(o->held.items, o->held.n, sizeof(struct held), by_offset);
    VEC_EACH (struct held, held, &o->held) {
        if (held->one.offset >= before)
            break;
        held->one.err = &held->why;
        if (held->refused)
            rejects_refused(rejects, &held->one);
        else
            rejects_add(rejects, &held->one);
        done++;
    }
    struct held *all = o->held.items;
    o->held.n -= done;
    memmove(all, all + done, o->held.n * sizeof *all);
    if (o->held.n == 0)
        outbox_cleanup(o);
}
