/* SPDX-License-Identifier: PostgreSQL */
/*
 * What is known of a dump before it is restored, when it was read before: which indexes each table
 * gets. With it they can be built as soon as the rows of the table are there, while others are
 * still being copied.
 *
 * An index is planned when nothing stands between the last COPY of its table and it but data,
 * settings and other indexes, no function of the dump is called in it, and the settings at the two
 * places are the same.
 */
#ifndef PGR_RESTORE_PLAN_H
#define PGR_RESTORE_PLAN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "dump/scan.h"
#include "restore/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More text than this is not planned. */
enum { PLAN_BYTES_MAX = 16 * 1024 * 1024 };

struct plan_table {
    const char *key; /* see name_key */
    size_t copies;   /* COPY blocks */
    struct epoch epoch;
    bool late;        /* rows come in other ways, too: nothing is planned */
    struct vec built; /* struct statement: its indexes, in the order of the dump */
};

struct restore_plan {
    struct arena *arena;
    size_t n_copies;
    size_t n_planned;
    /* its own */
    void *tables; /* of search.h */
    struct session session;
    struct buf insert; /* the last INSERT, up to its table */
    size_t bytes;
    bool in_transaction;
    bool over; /* nothing more is planned */
};

/* Ready to listen; texts are kept in the arena. */
void plan_begin(struct restore_plan *plan, struct arena *a);
void plan_cleanup(struct restore_plan *plan); /* takes a zeroed one */

/* For a listener's callbacks. */
void plan_statement(struct restore_plan *plan, const struct statement *s);
void plan_copy(struct restore_plan *plan, const struct copy_head *head);

/* NULL: nothing is known of that table. */
const struct plan_table *plan_find(const struct restore_plan *plan, const char *key);

#endif
