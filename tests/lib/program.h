/* SPDX-License-Identifier: PostgreSQL */
/*
 * The whole program, started as a user starts it: in a room of its own, where whatever it leaves
 * behind is seen.
 *
 *     struct room room;
 *     room_open(&room, NULL);
 *     struct told told = PROGRAM(&room, "run", "--source", dsn, "--users", "0");
 *     ck_assert_int_eq(told.status, 0);
 *     room_must_be_clean(&room);
 *
 * The program is the one that PG_REHEARSE names, else build/MODE/pg_rehearse. Everything here fails
 * the running test when it cannot do its work.
 */
#ifndef PGR_LIB_PROGRAM_H
#define PGR_LIB_PROGRAM_H

#include "base/arena.h"
#include "base/proc.h"
#include "model/record.h"

#include <stdbool.h>
#include <stdint.h>

/* Folders of one test. They go when the test program ends. */
struct room {
    struct arena *a;
    const char *dir; /* all of the below, and what the test puts there; mode 0711 */
    const char *work, *state, *cache, *reports, *backups;
    const char *user; /* account of the program; NULL: our own */
    const char *program;
    const char *const *env; /* "NAME=value" besides what the room sets, or NULL */
};

/* `user` (NULL: our own account) gets a copy of the program and owns the folders. */
void room_open(struct room *room, const char *user);

/* Writes a file into the room; gives its path. */
const char *room_file(struct room *room, const char *name, const char *text);

/* Writes backup.sql: a sound dump of one table public.t (id, x) with two rows, and these statements
 * in front of the rows. */
const char *room_dump(struct room *room, const char *statements);

/* What the program said. */
struct told {
    int status; /* exit status; the negative signal number when it was killed */
    const char *out, *err;
};

/* Runs the program with these words (NULL-terminated) to its end. */
struct told program_run(struct room *room, const char *const *words);
#define PROGRAM(room, ...) program_run((room), (const char *const[]){__VA_ARGS__, NULL})

/* It ended so; shows what it said otherwise. */
void must_have_ended(const struct told *told, int status);

/* The record that --json wrote to standard output. */
const struct record *told_record(struct room *room, const struct told *told);

/* Runs any other program, which must succeed. */
void room_must_run(struct room *room, const char *const *argv);
#define MUST_RUN(room, ...) room_must_run((room), (const char *const[]){__VA_ARGS__, NULL})

/* A program that is running. */
struct running {
    struct room *room;
    struct proc proc;
    struct buf out;
};
void program_start(struct room *room, const char *const *words, struct running *r);

/* Waits until the program has written `text` to standard output. */
void program_wait_for(struct running *r, const char *text);

/* The pid of the child of the program that is called so; waits for it. */
pid_t program_wait_for_child(struct running *r, const char *name);

/* Waits until at least `n` sessions of clients are open in throw-away servers of the room. */
void program_wait_for_sessions(struct running *r, size_t n);

/* Sends a signal, or none when signo is 0, and waits for the end. */
struct told program_end(struct running *r, int signo);
void running_cleanup(struct running *r);

/* How many things (folders of runs, leases, processes) are left in the room. */
struct left {
    size_t work, leases, processes;
};
struct left room_left(struct room *room);

/* Nothing is left: no process, no folder, no lease. At once, or within a bounded time. */
void room_must_be_clean(struct room *room);
void room_must_have_no_process_soon(struct room *room);

/* The path of the one entry of a folder of the room; NULL when there is none. */
const char *room_only_entry(struct room *room, const char *dir);

/* The record of the last run, as report.json says it; the strict reader must take it. */
const struct record *room_report(struct room *room);

/* Members of a record by name; NULL where there is none. */
const struct check_facts *report_check(const struct record *r, const char *name);
const struct finding *report_finding(const struct record *r, const char *code);
const struct table_facts *report_table(const struct record *r, const char *schema,
                                       const char *name);
const struct objective *report_objective(const struct record *r, const char *name);

/* `text` must contain `wanted`, or not `unwanted`. */
void must_contain(const char *text, const char *wanted);
void must_not_contain(const char *text, const char *unwanted);

#endif
