/* SPDX-License-Identifier: PostgreSQL */
/* Private to this folder: makes the data folder of a throw-away cluster. */
#ifndef PGR_TARGET_INITDB_H
#define PGR_TARGET_INITDB_H

#include "target/target.h"

MUST bool initdb_run(const struct cluster_wish *wish, const char *data_dir, int64_t deadline_us,
                     struct err *e);

/* Has everything in the data folder written to the disk. */
MUST bool initdb_sync(const struct cluster_wish *wish, const char *data_dir, int64_t deadline_us,
                      struct err *e);

/* Puts `settings` behind what initdb itself wrote to postgresql.conf, in place of those of an
 * earlier call. *own_bytes: length of what initdb wrote, 0 at the first call, which sets it. */
MUST bool initdb_configure(const char *data_dir, const struct vec *settings, int64_t *own_bytes,
                           struct err *e);

/* Are the wished-for locales there? ERR_MISSING says which one is not and how to make it. */
MUST bool initdb_check_locales(const struct cluster_wish *wish, struct err *e);

/* The last `max_lines` lines of a text in one line, "; " between them. */
const char *initdb_last_lines(struct arena *a, const char *text, size_t max_lines);

/* ERR_CHILD, or ERR_SPACE when what the program said has it that the disk is full. */
enum err_code initdb_blame(const char *said);

#endif
