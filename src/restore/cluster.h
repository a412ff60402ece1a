/* SPDX-License-Identifier: PostgreSQL */
/* A dump of a whole cluster, restored into a cluster of ours: its databases are made as it says. */
#ifndef PGR_RESTORE_CLUSTER_H
#define PGR_RESTORE_CLUSTER_H

#include "restore/execute.h"

#include <stdbool.h>

/*
 * What is not executed although the cluster is ours: statements about the role that we act as
 * (`user`), which may take its rights away; and DROP and CREATE of the databases that every cluster
 * has. Gives what is left out, for the report; NULL: it is executed.
 */
const char *cluster_leaves_out(struct arena *a, struct slice statement, const char *user);

/*
 * The dump goes on in another database: the executor's session is replaced by one there. A database
 * that is not there, because the server did not make it, sets ex->skipping: what follows is heard
 * and left out, up to the next one, unless it is about a database. *dsn: its connection string.
 */
MUST bool cluster_connect(struct executor *ex, const char *database, const char **dsn,
                          struct err *e);

/* ANALYZE of every database that the dump makes something in, and the sizes of the tables of the
 * one that stands for it (databases_main), whose connection string is *dsn. */
MUST bool cluster_finish(struct executor *ex, const struct dump_facts *facts, const char **dsn,
                         struct err *e);

#endif
