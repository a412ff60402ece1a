/* SPDX-License-Identifier: PostgreSQL */
/* The inside of a load, shared by the files of this folder and by nobody else. */
#ifndef PGR_LOAD_INSIDE_H
#define PGR_LOAD_INSIDE_H

#include "load/load.h"
#include "load/script.h"
#include "loop/loop.h"
#include "pg/async.h"
#include "pg/pg.h"
#include "pool/pool.h"
#include "stat/hist.h"

enum user_state {
    /* Until the intended start of the next transaction. Has a timer, no connection. */
    USER_THINKING,
    /* Wants to start a transaction and waits in the pool's queue. */
    USER_WAITING_SLOT,
    /* Has a connection; the next commands of the script are worked out up to the next statement. */
    USER_SENDING,
    /* A statement is under way. */
    USER_READING,
    /* A \sleep of the script, or the pause before a retry. Keeps the connection. */
    USER_SLEEPING,
    /* The transaction failed; its ROLLBACK is under way. */
    USER_UNDOING,
    /* Starts nothing any more. */
    USER_DONE,
    USER_STATES
};

/* A script in the mix, and what was measured of it. */
struct part {
    const struct script *script;
    struct hist *response;
    int64_t committed, failed;
};

struct load;

struct user {
    struct load *load;
    uint64_t number, transaction; /* both seed the generator of each transaction */
    enum user_state state;
    struct rng rng;
    int64_t gap_us;      /* think time up to the next intended start */
    int64_t intended_us; /* start of this transaction by the user's schedule */
    int64_t free_us;     /* when the last one was over */
    int64_t begun_us, got_us;
    struct pool_ticket ticket;
    struct pool_slot *slot;
    struct loop_timer *timer;
    struct part *part;
    size_t next; /* command */
    int retries;
    struct err failure; /* while undoing */
    const char *kind;   /* of the failure */
    struct value variables[SCRIPT_VARIABLES_MAX];
    char digits[SCRIPT_PARAMS_MAX][24];
    const char *params[SCRIPT_PARAMS_MAX];
};

struct load {
    struct arena *arena; /* the load's own */
    const struct load_job *job;
    struct record *record;
    struct loop *loop;
    struct pool *pool;
    struct vec parts; /* struct part */
    uint64_t weights; /* sum */
    struct user *users;
    size_t n_users, n_done;
    bool ended; /* the time is over; only what was begun goes on */
    int64_t think_us;
    int64_t began_us, measured_us, end_us; /* start; end of the warm-up; end of the load */
    struct hist *response, *service, *lag, *second;
    int64_t committed, in_time, failed, retries, not_started, statements;
    int64_t second_committed, second_failed;
    int64_t busy_from_us, busy_us;
    double accounted_us; /* user time in the measured window that thinking and responses explain */
    struct pool_stats pool_stats; /* as of the end of the load */
    struct vec backends;          /* int: process ids */
    struct vec errors;            /* struct error_count */
};

/* user.c */
void user_start(struct user *u, int64_t intended_us);
/* The load is over: who thinks, is done; the others finish what they have begun. */
void user_end(struct user *u);
/* Takes what is still running away from the user. */
void user_stop(struct user *u);

/* count.c: what a transaction leaves behind. */
void count_begin(struct user *u, int64_t now_us);
void count_commit(struct user *u, int64_t now_us);
void count_failure(struct user *u, const char *kind, const char *text, int64_t now_us);
void count_no_connection(struct user *u, int64_t now_us);
/* The user time up to `until_us` is explained: the transaction, and thinking after it. */
void count_cycle(struct user *u, int64_t until_us);
void count_backend(struct load *l, int pid);

/* prepare.c: scripts from files or the catalogue, their \query values. */
MUST bool prepare_scripts(struct load *l, struct err *e);

/* auto.c */
MUST bool auto_scripts(struct load *l, struct pg *pg, struct err *e);

/* facts.c */
void facts_second(struct load *l);
void facts_fill(struct load *l);
void facts_findings(struct load *l);

#endif
