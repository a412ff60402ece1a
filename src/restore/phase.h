/* SPDX-License-Identifier: PostgreSQL */
/* Where the time of a restore goes: phases, the slowest statements, each table's COPY. */
#ifndef PGR_RESTORE_PHASE_H
#define PGR_RESTORE_PHASE_H

#include "base/str.h"
#include "dump/scan.h"
#include "model/record.h"

enum phase { PHASE_PRE_DATA, PHASE_DATA, PHASE_POST_DATA, PHASES };

/* The phase of a statement: told by the type in pg_dump's comment before it, else by its first
 * keywords; a statement that fits any phase (a grant, a comment) stays in the phase of the moment.
 */
enum phase phase_of(const struct statement *s, enum phase now);

enum { SLOWEST_KEPT = 20 };

struct stopwatch {
    struct arena *arena; /* the record's */
    enum phase now;
    struct timing phases[PHASES];
    int64_t began_us[PHASES];            /* the first statement of the phase; 0: none yet */
    struct timing slowest[SLOWEST_KEPT]; /* slowest first */
    size_t n_slowest;
};

/* Adds a statement that took so long and is over now. */
void stopwatch_add(struct stopwatch *w, const struct statement *s, int64_t took_us);

/* Adds a COPY with what it carried, likewise. */
void stopwatch_add_copy(struct stopwatch *w, const struct dump_table *table, int64_t took_us);

/* Pushes phases and slowest statements to the record. */
void stopwatch_finish(const struct stopwatch *w, struct restore_facts *facts);

#endif
