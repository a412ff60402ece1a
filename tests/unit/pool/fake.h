/* SPDX-License-Identifier: PostgreSQL */
/* Connections without a server, on the fake clock: they take as long, and fail, as a test says. */
#ifndef PGR_UNIT_POOL_FAKE_H
#define PGR_UNIT_POOL_FAKE_H

#include "base/arena.h"
#include "pool/driver.h"
#include "pool/pool.h"

enum { FAKE_USERS = 1200 };

struct fake {
    struct arena *arena;
    struct loop *loop;
    struct pool *pool;
    struct pool_settings set;
    int64_t connect_us, ping_us; /* how long these take */
    const char *refuse;          /* SQLSTATE with which logins fail, or NULL */
    bool mute;                   /* links made from now on never answer a ping */
    bool in_transaction;         /* what links say when they are given back */
    int opens, open_now, opening, opening_peak, pings, rollbacks, resets;
    int64_t last_open_us;
};

/* Somebody who takes a connection, holds it, gives it back. */
struct fake_user {
    struct fake *fake;
    struct pool_ticket ticket;
    struct pool_slot *slot;
    int64_t hold_us; /* < 0: until the test gives it back */
    int64_t asked_us, got_us;
    int got, failed;
    bool again; /* takes the next one at once */
    struct err failure;
};

/* Time stands at one hour. The pool is made by fake_start from f->set, which tests change before.
 */
void fake_begin(struct fake *f);
void fake_start(struct fake *f);
void fake_end(struct fake *f);

/* Lets time pass in steps of a tenth of a millisecond (or `step_us`). */
void fake_pass(struct fake *f, int64_t us);
void fake_pass_by(struct fake *f, int64_t us, int64_t step_us);

void fake_take(struct fake *f, struct fake_user *u, int64_t hold_us);
void fake_give(struct fake_user *u);

/* The link that a user holds breaks. */
void fake_kill(struct fake_user *u);

#endif
