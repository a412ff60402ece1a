/* SPDX-License-Identifier: PostgreSQL */
/* Executes a dump over libpq, statement by statement and row by row, and reports every rejection.
 */
#ifndef PGR_RESTORE_RESTORE_H
#define PGR_RESTORE_RESTORE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "dump/inventory.h"
#include "dump/open.h"
#include "dump/scan.h"
#include "model/config.h"
#include "model/progress.h"
#include "model/record.h"
#include "restore/plan.h"

struct scratch;

struct restore_job {
    struct arena *arena; /* the record's */
    const struct config *config;
    const char *path;                  /* the dump */
    const struct scratch *scratch;     /* for what must be unpacked first; NULL: there is none */
    struct dump_stream *stream;        /* the same, opened by the caller, who closes it; or NULL */
    bool cluster;                      /* it is of a whole cluster: its databases are made */
    const char *into;                  /* the user's own empty database; NULL: one is created */
    const char *admin_dsn;             /* superuser of the target, maintenance database */
    const char *database;              /* name to create; proved not to be there before; of a
                                          cluster's: whose tables are in the record, or NULL */
    const struct server_facts *like;   /* encoding and locale of the source, members may be NULL */
    const struct inventory *inventory; /* of the dump, where it was read before; or NULL */
    struct interrupt *intr;
    const struct progress *progress;
    const struct dump_listener *also; /* hears the dump, too, before it is executed; may be NULL */
    struct dump_facts *facts;         /* out: what reading the dump found; may be NULL */
    const struct restore_plan *plan;  /* of this very dump, read before; may be NULL */
    bool read_twice;                  /* without one: read the file for it first */
};

/*
 * Creates the database (unless `into` names one), creates missing roles that the dump refers to
 * (NOLOGIN, and never on a server that is the user's; the check roles_known names them), executes
 * the dump, ANALYZEs. Fills record->restore, table_facts.restore_us and .restored_bytes, findings.
 * True: the dump was executed to its end, whatever the server said (record->restore.n_errors
 * counts); false: it could not be. *dsn: connection string of the restored database.
 */
MUST bool restore_run(const struct restore_job *job, struct record *r, const char **dsn,
                      struct err *e);

/* Creates job->database and executes the .sql files of a folder in it, in order of their names (the
 * demo source); the setting storefront.rows is set to `rows` first. Any rejected statement is an
 * error with file and line. */
MUST bool restore_script_dir(const struct restore_job *job, const char *dir, uint64_t rows,
                             struct err *e);

#endif
