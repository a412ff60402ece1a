/* SPDX-License-Identifier: PostgreSQL */
/*
 * Rejections wait here until everything that stands before them in the dump is done, so that they
 * are judged in the order of the dump, however things went.
 */
#ifndef PGR_RESTORE_OUTBOX_H
#define PGR_RESTORE_OUTBOX_H

#include "base/arena.h"
#include "base/vec.h"
#include "restore/reject.h"

#include <stdbool.h>
#include <stdint.h>

struct outbox {
    struct arena *arena; /* of what is held; emptied when nothing is */
    struct vec held;     /* struct held */
};
void outbox_cleanup(struct outbox *o); /* takes a zeroed one */

/* Keeps a copy. `refused`: for rejects_refused. */
void outbox_hold(struct outbox *o, const struct reject *one, bool refused);

/* Judges those that stand before that place of the dump. */
void outbox_deliver(struct outbox *o, uint64_t before, struct rejects *rejects);

#endif
