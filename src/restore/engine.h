/* SPDX-License-Identifier: PostgreSQL */
/*
 * The listener that restores. Work that is known to be independent of what stands around it goes
 * to a crew of connections; everything else is executed in its place on the executor's own. With
 * one job, restore.serial, or once a dump does what cannot be followed, all of it is.
 */
#ifndef PGR_RESTORE_ENGINE_H
#define PGR_RESTORE_ENGINE_H

#include "dump/scan.h"
#include "restore/crew.h"
#include "restore/execute.h"
#include "restore/session.h"
#include "restore/tables.h"

#include <stdbool.h>

struct engine {
    struct executor *ex;
    struct arena *arena; /* its own */
    bool serial;
    bool sides; /* a COPY may touch other tables from here on */
    struct session session;
    struct tables tables;
    struct crew crew;
    const struct restore_plan *plan; /* or NULL */
    uint64_t offset;                 /* of the statement or block that was heard last */

    struct job *copy;         /* the block in hand, when it is the crew's */
    struct table *copy_table; /* of the block in hand, when it is known */
    struct job *made;         /* the job of the last statement while it is open, or NULL */
    struct table *made_on;    /* its table, NULL: the last statement was no job */
    const char *made_object;  /* see struct kind */
};

/* Ready for a dump: ex has begun, dsn is its database. Keeps ex. */
MUST bool engine_begin(struct engine *engine, struct executor *ex, const char *dsn, struct err *e);

/* Before the dump is heard: this is its plan, which must outlive the engine. NULL is fine. */
void engine_follow(struct engine *engine, const struct restore_plan *plan);

/* The listener to give to dump_scan. */
struct dump_listener engine_listener(struct engine *engine);

/* The dump was read to its end: waits for all jobs. */
MUST bool engine_finish(struct engine *engine, struct err *e);
void engine_cleanup(struct engine *engine); /* takes a zeroed one */

#endif
