/* SPDX-License-Identifier: PostgreSQL */
/* pg_dump as a child process: its arguments, its password, its complaints. */
#ifndef PGR_BACKUP_CHILD_H
#define PGR_BACKUP_CHILD_H

#include "backup/snapshot.h"
#include "base/proc.h"

struct dump_child {
    struct proc proc;
    int passfile_fd; /* a file in memory that only we and the child see; 0: none */
};

/* Version line of a pg_dump ("pg_dump (PostgreSQL) 15.18") and its major version. */
MUST bool dump_child_version(const struct backup_job *job, const char **line, int64_t *major,
                             struct err *e);

/*
 * Starts pg_dump with the snapshot; its output is to be read from proc.out_fd. The password, where
 * one was given in the connection string or in PGPASSWORD, goes by a password file in memory: it is
 * in no argument, no environment and on no disk. Release with dump_child_cleanup.
 */
MUST bool dump_child_start(const struct backup_job *job, const struct snapshot *s,
                           struct dump_child *child, struct err *e);
void dump_child_cleanup(struct dump_child *child); /* takes a zeroed one */

/* Waits for the end; any exit status but 0 is ERR_CHILD with pg_dump's last words. */
MUST bool dump_child_end(const struct backup_job *job, struct dump_child *child,
                         int64_t deadline_us, struct err *e);

/* The error lines of what pg_dump wrote to standard error, without its name; else the last line. */
const char *dump_child_last_words(struct arena *a, const char *text);

/* Makes each of its warnings a finding PG_DUMP_WARNING, blame source. */
void dump_child_warnings(struct arena *a, const char *text, struct record *r);

#endif
