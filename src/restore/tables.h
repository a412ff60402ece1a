/* SPDX-License-Identifier: PostgreSQL */
/* The tables that a dump makes, as far as the engine has to know them. */
#ifndef PGR_RESTORE_TABLES_H
#define PGR_RESTORE_TABLES_H

#include "base/arena.h"
#include "restore/classify.h"
#include "restore/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table {
    const char *key;      /* see name_key */
    struct table *parent; /* whose partition or child it is; or NULL */
    bool known;           /* made by the dump, and nothing unknown was done to it since */
    bool rows;            /* holds rows itself: neither partitioned nor a view */
    bool partitioned;
    bool calls;         /* a check or generated column calls a function that the dump may make */
    bool default_calls; /* a default does */
    size_t n_columns;   /* that a whole COPY lists at least; SIZE_MAX: not known */
    uint64_t bytes;     /* of COPY data so far */
    size_t copies_seen; /* COPY blocks so far */
    struct epoch epoch; /* of the session at the last one */

    /* jobs (schedule.h): open ones are waiting or running */
    size_t open_copies, open_builds;
    size_t sharing; /* that run and share it */
    bool taken;     /* one that runs and does not */
    /* of the whole tree, kept at its root */
    size_t tree_open, tree_running;
    bool tree_taken; /* a foreign key is made in it */
};

struct tables {
    struct arena *arena;
    void *tree; /* of search.h */
};

struct tables tables_new(struct arena *a);
void tables_cleanup(struct tables *tables); /* takes a zeroed one */

/* The table of that key; made, and not known, when it is met for the first time. */
struct table *tables_at(struct tables *tables, const char *key);

/* A statement of CLASS_TABLE was executed. */
void tables_note(struct tables *tables, struct slice statement, const struct meaning *m);

/* A statement of CLASS_CHANGE: this table, or (NULL) all of them, may have become anything. */
void tables_forget(struct tables *tables, const char *key);

/* The topmost one of its tree; may be itself. */
struct table *table_root(struct table *t);

/* May rows be copied into it, n_columns given (0: all), without touching any other table? */
bool table_is_plain(const struct table *t, size_t n_columns);

#endif
