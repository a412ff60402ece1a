/* SPDX-License-Identifier: PostgreSQL */
/* How work below tells how far it is, without knowing who shows it. */
#ifndef PGR_MODEL_PROGRESS_H
#define PGR_MODEL_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

struct progress_state {
    uint64_t bytes, total_bytes; /* 0: not known; drives the bar, the rate and the time left */
    uint64_t rows;
    const char *what; /* the table or file in hand; several: "public.a, public.b"; or NULL */
};

struct progress {
    void *context;
    void (*tell)(void *context,
                 const struct progress_state *state); /* cheap; may be called often */
};

/* NULL is fine. */
static inline void progress_tell(const struct progress *p, const struct progress_state *state)
{
    if (p != NULL && p->tell != NULL)
        p->tell(p->context, state);
}

#endif
