/* SPDX-License-Identifier: PostgreSQL */
/*
 * One throw-away PostgreSQL server for all tests of a test program. It starts when it is first
 * asked for and goes, with its folder, when the program ends. Works as root.
 *
 *     static void each(void) { dsn = test_cluster_database(); }      // a database of its own
 *     tcase_add_unchecked_fixture(tc, test_cluster_start, NULL);     // once, before the fork
 *     tcase_add_checked_fixture(tc, each, NULL);
 *
 * Everything here fails the running test when it cannot do its work.
 */
#ifndef PGR_LIB_CLUSTER_H
#define PGR_LIB_CLUSTER_H

#include "base/arena.h"
#include "target/target.h"

#include <stdint.h>

/* The server runs after it. As an unchecked fixture: the forked tests find it running. */
void test_cluster_start(void);

/* Starts another server, of the installation in that folder, which goes with the first; its DSN is
 * that of a superuser, database postgres. For unchecked fixtures only. */
const char *test_cluster_start_other(const char *bindir);

/* Superuser, database postgres. */
const char *test_cluster_dsn(void);

/* What cluster_start told about it. */
const struct server_facts *test_cluster_facts(void);

/* Makes a new empty database; its DSN lives as long as the process. */
const char *test_cluster_database(void);
const char *test_cluster_database_of(const char *dsn); /* in another server */

/* Runs SQL (several statements are fine), or asks for one value; text in the arena, NULL for null.
 */
void test_cluster_sql(const char *dsn, const char *sql);
int64_t test_cluster_int(const char *dsn, const char *sql);
const char *test_cluster_text(struct arena *a, const char *dsn, const char *sql);

/* The installation that the tests use: the newest of the machine. */
const struct installation *test_cluster_installation(void);

/* A new private folder under TMPDIR that goes when the program ends. */
const char *test_cluster_folder(void);

/* One folder for the templates of all servers of this test program; made by who uses it. */
const char *test_cluster_cache(void);

#endif
