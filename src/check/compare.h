/* SPDX-License-Identifier: PostgreSQL */
/* The tables of the restored copy, their rows and what they hold, for the checks of the compare
 * stage. */
#ifndef PGR_CHECK_COMPARE_H
#define PGR_CHECK_COMPARE_H

#include "check/contents.h"

#include <stdbool.h>

/*
 * Fills restored_rows of record->tables, with rows for those tables that only the restored copy
 * has, sorts them, and judges each (compare_judge; contents_compare, unless compare.content is
 * none). Call it once, before the checks of the compare stage are asked; `catalog` need not be
 * filled. False: the server could not be asked.
 */
MUST bool compare_restored(const struct contents *what, struct err *e);

/*
 * Gives every table that has no outcome yet its outcome and reason, from the figures:
 *   passed   all known figures are equal     failed   two of them differ
 *   unknown  not counted in the copy, or the copy alone differs after rejections that the
 *            environment is to blame for
 *   warned   made, but without a data section in a dump that has them
 *   skipped  there is nothing to compare with
 */
void compare_judge(struct record *r);

/* Are both known, and different? */
bool compare_differ(struct maybe a, struct maybe b);

#endif
