/* SPDX-License-Identifier: PostgreSQL */
/*
 * A run: the stages in order, what they hand to each other, and the way out. The only place that
 * knows all parts of the floor below.
 */
#ifndef PGR_RUN_RUN_H
#define PGR_RUN_RUN_H

#include "backup/place.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "check/check.h"
#include "dump/decode.h"
#include "dump/open.h"
#include "dump/scan.h"
#include "model/config.h"
#include "model/record.h"
#include "pg/pg.h"
#include "restore/plan.h"
#include "run/display.h"
#include "run/lease.h"
#include "run/undo.h"
#include "target/target.h"

#include <stdbool.h>

struct run;

/* What a command does: its stages in its own order, and what it does in its own way. */
struct plan {
    const char *command;
    const enum stage *order;
    size_t n_stages;
    bool preflight_decides; /* whatever it fails at, the command ends with that error */
    bool without_servers;   /* it starts no program of PostgreSQL, and looks for none */
    /* Instead of the stage's own work; NULL: that. */
    bool (*instead[STAGE_WORDS])(struct run *run, struct err *e);
    void (*concluded)(struct run *run); /* before the report is written; or NULL */
    void (*show)(struct run *run);      /* instead of the conclusion for people; or NULL */
};

struct run {
    struct arena *arena; /* the record's: everything that outlives a stage */
    const struct config *config;
    const struct plan *plan; /* NULL: a part of the work is done on its own */
    unsigned begun;          /* bits of stages */
    bool refused;            /* by preflight: nothing was started */
    struct record *record;
    struct interrupt intr;
    struct display display;
    struct undo undo;

    const char *work_dir;              /* the private, leased folder of this run, or NULL */
    struct lease *work_lease;          /* of that folder */
    const char *account;               /* to start servers as; NULL when we are not root */
    const struct installation *server; /* whose initdb and postgres are used */
    const struct installation *client; /* whose pg_dump is used; NULL with a given file */
    const char *source_dsn;            /* NULL with a given file */
    struct cluster demo, target;       /* throw-away servers; zeroed while not there */
    struct place place;                /* where a given backup comes from */
    const char *backup_path;           /* of the file under test; NULL: it is read from its place */
    struct dump_facts facts;           /* of the dump, once `verified` */
    struct inventory inventory;        /* likewise */
    bool verified;
    const char *database;        /* of a cluster's dump: the one that is looked at; else NULL */
    struct manifest *manifest;   /* of a given dump, or NULL */
    struct vec objects;          /* of the source: struct object_facts, sorted; none: not listed */
    struct vec restored_objects; /* likewise, of the restored copy */
    struct restore_plan early;   /* gathered while the dump is verified; zeroed: none */
    struct pg into;     /* the user's own database is reserved here; zeroed with a server of ours */
    struct pg restored; /* the restored database; zeroed while not there */
    const char *restored_dsn;
    const char *report_dir;  /* of this run */
    struct vec report_paths; /* const char * */
};

/* Carries out a command's plan; prints; gives the exit status. */
int run_plan(struct arena *a, const struct config *config, const struct plan *plan);

/* What is printed at the end of a plan that has no `show` of its own: the verdict and all that is
 * behind it, or the record with verify.json. */
void run_show(struct run *run);

/* Rehearses as configured; prints; writes reports; gives the exit status. */
int run_rehearse(struct arena *a, const struct config *config);

/* Dumps a database into a file with its manifest, and verifies what was written; prints; gives the
 * exit status. */
int run_dump(struct arena *a, const struct config *config);

/* Restores one file into an empty database of the user's, or into a server that is kept; prints;
 * gives the exit status. */
int run_restore(struct arena *a, const struct config *config, const char *path);

/* Verifies one file without any server; prints; gives the exit status. */
int run_verify(struct arena *a, const struct config *config, const char *path);

/* Compares the rows of two of a dump, a manifest and a database; prints; gives the exit status. */
int run_compare(struct arena *a, const struct config *config, const char *const *names);

/* `attest verify FILE`: prints; 0 when the signature beside it fits, 1 when it does not. */
int run_attest(struct arena *a, const struct config *config, const char *const *words);

/* Verifies a file as `verify` does, into `run`, which is zeroed but for its arena; prints nothing
 * but an error; gives the exit status. To be ended by run_end in any case. */
int run_verify_quietly(struct run *run, const struct config *config, const char *path);
void run_end(struct run *run);

/* Says what this machine can do; prints; 0 when a rehearsal is possible, 3 otherwise. */
int run_doctor(struct arena *a, const struct config *config);

/* Clears what killed runs left; prints; 0 when nothing is left, 3 otherwise. */
int run_reap(struct arena *a, const struct config *config);

/* ---- for the stages, one file each: stage_NAME.c ------------------------------------------------
 */

/* The stages' work. False: it could not be done (the stage is `unknown` with the error's text). */
#define STAGE(name, needs, after, what) MUST bool stage_##name(struct run *run, struct err *e);
#include "model/stages.def"
#undef STAGE

/* Is it a stage of this command? */
bool run_has_stage(const struct run *run, enum stage stage);

/* The stage has nothing to do, by configuration. Gives true. */
bool run_skip(struct run *run, enum stage stage, const char *reason);

/* The line that people see for the stage. */
void run_summary(struct run *run, enum stage stage, const char *format, ...) PRINTF(3, 4);

/* A place of this run, where nothing was found yet. */
struct place run_place(struct run *run);

/* What checks may look at now. */
struct evidence run_evidence(struct run *run);

/* Reads and judges the dump at `path`, or at run->place when that is NULL: stream, statements,
 * rows, findings, the backup's facts. Used by the stage and by the command; both ask the checks
 * afterwards. */
MUST bool run_read_dump(struct run *run, const char *path, struct err *e);

/* The dump that was taken gets its place in backup.dir, where that is set; with its manifest when
 * it was read and nothing is wrong with it, which is there first. */
MUST bool run_publish(struct run *run, struct err *e);

/* Lists the objects of the restored copy, where there is anything to compare them with. */
MUST bool run_list_restored(struct run *run, struct err *e);

/* What a manifest of the dump that was read says. */
struct manifest *run_make_manifest(const struct run *run);

/* Looks for the manifest of a given dump, and its signature with sign.public_key: verify.manifest,
 * or beside it. What cannot be used is said in record->manifest. */
void run_find_manifest(struct run *run);

/* When the dump that was read is the very file that its manifest was written for: one more digest
 * that it was proved by. */
void run_claim_by_manifest(struct run *run);

/* The parts of that, for a reader that does more with the dump than to judge it. */
struct reading {
    struct run *run;
    const struct dump_stream *stream;
    struct rows_digest statements;
};

/* Opens it. What is no dump is no error: run->verified says that the facts tell so, and nothing is
 * open. */
MUST bool run_open_dump(struct run *run, const char *path, struct dump_stream *stream,
                        struct err *e);

/* Begins run->inventory, and gives the listener that fills it and shows the progress. */
struct dump_listener run_listener(struct reading *reading);

/* Once run->facts are filled from the whole stream: says in the record what they tell. */
void run_take_facts(const struct reading *reading);

/* The stage's line, once the facts were taken; `more` ends it. */
void run_sum_up_verify(struct run *run, const char *more);

/* Fills run->facts from the beginning of a file: encoding, version of the server. */
MUST bool run_peek_dump(struct run *run, const char *path, struct err *e);

/* Fills backup.previous from the newest report of this rehearsal, and of this database as far as
 * both are known, whose dump was verified; leaves it empty where there is none that can be read. */
void run_find_previous(struct run *run);

/* Tables and rows of the dump that was read: into the record, as far as they are known. When
 * nothing but verify is asked for, single tables are told apart up to this number of COPY blocks.
 */
enum { RUN_TABLES_LISTED_MAX = 10000 };
void run_fill_rows(struct run *run);

/* Says in `coverage` what reading a dump cannot show, for a command that does nothing else. */
void run_note_gaps(struct run *run);

/* What earlier runs left, when they were killed, is cleared. */
MUST bool run_clear_leftovers(struct run *run, struct err *e);

/* Reports must be possible before anything else is worth its time: ERR_USAGE. */
MUST bool run_check_report_dir(struct run *run, struct err *e);

/* Executes the dump as the job says, in the parts that `run` and `restore` differ in (path, stream,
 * into, also, facts); opens run->restored. */
struct restore_job;
MUST bool run_execute_dump(struct run *run, const struct restore_job *job, struct err *e);

/* Starts a throw-away server in work_dir/NAME like `like` (members may be NULL), with its undo
 * step. */
struct cluster_order {
    const char *name;
    const struct server_facts *like;
    struct cluster *cluster;    /* filled */
    struct server_facts *facts; /* filled */
};
MUST bool run_start_cluster(struct run *run, const struct cluster_order *order, struct err *e);

/* The restored server goes over from settings for restoring to those of the source, or PostgreSQL's
 * own where they are not known; the first call does it, and later ones nothing. For stages whose
 * figures mean something; target.settings_later tells what was in force. */
MUST bool run_settle_target(struct run *run, struct err *e);

/* Picks the server for a source of `major` (0: any): the one in target.bindir when that is set. */
MUST bool run_pick_server(struct run *run, int64_t major, struct err *e);

/* "15.18" of "pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)". */
const char *run_short_version(struct arena *a, const char *version);

/* Makes a folder leased until the teardown; the path is `parent`/PREFIXrun-id. */
MUST bool run_lease_folder(struct run *run, const char *parent, const char *prefix,
                           const char **folder, struct err *e);

/* Room in work_dir, which is leased when somebody asks for it and there is none yet. */
struct scratch run_scratch(struct run *run);

/* Undoes everything and proves that it is gone; what is not is a finding of the stage. */
MUST bool run_leave_nothing(struct run *run, enum stage stage, struct err *e);

/* Fills record->environment and record->tool. */
void run_describe_machine(struct run *run);

/* The folder for templates of empty servers: cache_dir, else /var/cache/pg_rehearse as root, else
 * $XDG_CACHE_HOME/pg_rehearse, else ~/.cache/pg_rehearse; NULL when there is none. Not made here.
 */
const char *run_cache_dir(struct arena *a, const struct config *config);

/* The folder for throw-away things: work_dir, else TMPDIR, else /var/tmp. */
const char *run_work_parent(const struct config *config);

#endif
