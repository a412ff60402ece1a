/* SPDX-License-Identifier: PostgreSQL */
/* Counts the rows of the restored copy, for the checks of the compare stage. */
#ifndef PGR_CHECK_COMPARE_H
#define PGR_CHECK_COMPARE_H

#include "base/arena.h"
#include "base/err.h"
#include "model/record.h"
#include "pg/pg.h"

#include <stdbool.h>

/*
 * Fills restored_rows of record->tables, with rows for those tables that only the restored copy has,
 * and sorts them. What has no rows of its own to compare (a partitioned table, a materialized view,
 * a foreign table) gets its outcome here, with the reason; the rest is judged by the check
 * row_counts. Call it once, before the checks of the compare stage are asked. `a`: the record's.
 * False: the server could not be asked; nothing that was not counted is known then.
 */
MUST bool compare_restored(struct pg *restored, struct arena *a, struct record *r, struct err *e);

#endif
