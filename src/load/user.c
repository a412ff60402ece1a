/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "load/inside.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { RETRIES_MAX = 3 };

static const int64_t RETRY_PAUSE_US = 5000;
static const int64_t ROLLBACK_LIMIT_US = 5 * CLOCK_SECOND_US;

static const unsigned may_follow[USER_STATES] = {
    [USER_THINKING] = 1U << USER_WAITING_SLOT | 1U << USER_DONE,
    [USER_WAITING_SLOT] = 1U << USER_SENDING | 1U << USER_THINKING | 1U << USER_DONE,
    [USER_SENDING] = 1U << USER_READING | 1U << USER_SLEEPING | 1U << USER_UNDOING |
                     1U << USER_THINKING | 1U << USER_DONE,
    [USER_READING] = 1U << USER_SENDING | 1U << USER_DONE,
    [USER_SLEEPING] = 1U << USER_SENDING | 1U << USER_DONE,
    [USER_UNDOING] = 1U << USER_SENDING | 1U << USER_DONE,
    [USER_DONE] = 0,
};

static void run_commands(struct user *u);

static void move(struct user *u, enum user_state to)
{
    assert((may_follow[u->state] & 1U << to) != 0);
    u->state = to;
}

static void be_done(struct user *u)
{
    struct load *l = u->load;
    move(u, USER_DONE);
    if (l->think_us > 0 && u->intended_us < l->end_us)
        l->not_started += 1 + (l->end_us - u->intended_us) / l->think_us;
    l->n_done++;
    if (l->ended && l->n_done == l->n_users)
        loop_stop(l->loop);
}

/* ---- the schedule ---- */

/* A generator for each transaction: what a user does is the same for the same seed, whatever went
 * wrong in the transactions before. */
static void reseed(struct user *u)
{
    u->rng = rng_seeded(u->load->job->config->load_seed, u->number << 32 | u->transaction);
    u->gap_us = rng_exponential_us(&u->rng, u->load->think_us);
}

static struct part *pick_part(struct user *u)
{
    struct load *l = u->load;
    uint64_t at = (uint64_t)rng_range(&u->rng, 0, (int64_t)l->weights - 1);
    struct part *part = vec_at(&l->parts, 0);
    while (at >= part->script->weight)
        at -= part++->script->weight;
    return part;
}

static void leave_connection(struct user *u)
{
    if (u->slot != NULL)
        pool_give(TAKE(u->slot));
}

static void begin(void *context);

/* The transaction is over, either way. The next one is meant to start one think time after the
 * *intended* start of this one: who was late stays late, and that is part of the response time. */
static void next_transaction(struct user *u)
{
    struct load *l = u->load;
    int64_t now_us = clock_mono_us();
    leave_connection(u);
    u->free_us = now_us;
    u->intended_us = l->think_us > 0 ? u->intended_us + u->gap_us : now_us;
    u->transaction++;
    count_cycle(u, u->intended_us > now_us ? u->intended_us : now_us);
    if (now_us >= l->end_us || u->intended_us >= l->end_us) {
        be_done(u);
        return;
    }
    move(u, USER_THINKING);
    u->timer = loop_timer(l->loop, u->intended_us, begin, u);
}

static void fail(struct user *u, const char *kind, const char *text)
{
    count_failure(u, kind, text, clock_mono_us());
    next_transaction(u);
}

/* ---- failures ---- */

static bool may_retry(const struct user *u)
{
    return u->retries < RETRIES_MAX &&
           (strcmp(u->failure.sqlstate, "40001") == 0 || strcmp(u->failure.sqlstate, "40P01") == 0);
}

static void start_script(struct user *u)
{
    const struct script *s = u->part->script;
    u->next = 0;
    memcpy(u->variables, s->start, s->variables.n * sizeof *u->variables);
    u->variables[SCRIPT_CLIENT_ID] = (struct value){.number = (int64_t)u->number};
}

static void slept(void *context)
{
    struct user *u = context;
    u->timer = NULL;
    move(u, USER_SENDING);
    run_commands(u);
}

/* Nothing of the failed transaction is left on the connection. */
static void after_rollback(struct user *u)
{
    struct load *l = u->load;
    if (!may_retry(u)) {
        fail(u, u->kind, u->failure.text);
        return;
    }
    u->retries++;
    l->retries += clock_mono_us() >= l->measured_us;
    reseed(u);
    u->part = pick_part(u);
    start_script(u);
    /* Without some disorder the same ones meet again. */
    struct rng pause = rng_seeded(u->number, u->transaction + (uint64_t)u->retries);
    int64_t us = rng_range(&pause, 0, RETRY_PAUSE_US << u->retries);
    move(u, USER_SLEEPING);
    u->timer = loop_timer(l->loop, clock_mono_us() + us, slept, u);
}

static void undone(void *context, const struct async_outcome *outcome)
{
    struct user *u = context;
    move(u, USER_SENDING);
    if (outcome->failure != NULL)
        u->retries = RETRIES_MAX; /* the connection is gone */
    after_rollback(u);
}

/* The user is SENDING, its connection idle or dead. */
static void undo(struct user *u, const char *kind)
{
    struct async *c = pool_link(u->slot);
    u->kind = kind;
    if (async_state(c) == ASYNC_DEAD)
        u->retries = RETRIES_MAX;
    if (async_state(c) == ASYNC_DEAD || !async_in_transaction(c)) {
        after_rollback(u);
        return;
    }
    move(u, USER_UNDOING);
    async_run(c, &(struct async_call){.sql = "ROLLBACK",
                                      .statement = ASYNC_UNPREPARED,
                                      .deadline_us = clock_mono_us() + ROLLBACK_LIMIT_US,
                                      .done = undone,
                                      .context = u});
}

static const char *kind_of(const struct err *failure)
{
    if (failure->code == ERR_TIMEOUT)
        return "STATEMENT_TIMEOUT";
    if (failure->sqlstate[0] != '\0')
        return failure->sqlstate;
    return failure->code == ERR_CONNECT ? "CONNECTION_LOST" : "OTHER";
}

/* ---- running a script ---- */

static void answered(void *context, const struct async_outcome *outcome)
{
    struct user *u = context;
    u->load->statements += clock_mono_us() >= u->load->measured_us;
    move(u, USER_SENDING);
    if (outcome->failure == NULL) {
        run_commands(u);
        return;
    }
    u->failure = *outcome->failure;
    undo(u, kind_of(&u->failure));
}

static void send_statement(struct user *u, const struct command *c)
{
    for (int i = 0; i < c->n_params; i++) {
        const struct value *v = &u->variables[c->params[i]];
        (void)snprintf(u->digits[i], sizeof u->digits[i], "%lld", (long long)v->number);
        u->params[i] = v->text != NULL ? v->text : u->digits[i];
    }
    move(u, USER_READING);
    async_run(
        pool_link(u->slot),
        &(struct async_call){.sql = c->sql,
                             .statement = c->statement,
                             .params = u->params,
                             .n_params = c->n_params,
                             .deadline_us = clock_mono_us() + u->load->job->config->load_timeout_us,
                             .done = answered,
                             .context = u});
}

static void pick_row(struct user *u, const struct command *c)
{
    const struct sample *s = c->sample;
    size_t row = (size_t)rng_range(&u->rng, 0, (int64_t)s->n - 1);
    for (size_t i = 0; i < s->width; i++)
        u->variables[(size_t)c->variable + i] =
            (struct value){.text = s->cells[row * s->width + i]};
}

static void sleep_for(struct user *u, int64_t n, int64_t unit_us)
{
    static const int64_t longest_us = 3600 * CLOCK_SECOND_US;
    int64_t us = 0;
    if (n < 0)
        n = 0;
    if (__builtin_mul_overflow(n, unit_us, &us) || us > longest_us)
        us = longest_us;
    move(u, USER_SLEEPING);
    u->timer = loop_timer(u->load->loop, clock_mono_us() + us, slept, u);
}

/* Carries out one command. False: the user waits for an answer now, or the transaction is over. */
static bool carry_out(struct user *u, const struct command *c)
{
    int64_t n = 0;
    if (c->kind == COMMAND_SQL) {
        send_statement(u, c);
        return false;
    }
    if (c->kind == COMMAND_PICK) {
        pick_row(u, c);
        return true;
    }
    if (!expr_eval(c->expr, u->variables, &u->rng, &n, &u->failure)) {
        u->failure.sqlstate[0] = '\0';
        (void)err_wrap(&u->failure, "%s:%d", u->part->script->name, c->line);
        undo(u, "EXPRESSION");
        return false;
    }
    if (c->kind == COMMAND_SET) {
        u->variables[c->variable] = (struct value){.number = n};
        return true;
    }
    sleep_for(u, n, c->unit_us);
    return false;
}

static void end_of_script(struct user *u)
{
    if (async_in_transaction(pool_link(u->slot))) {
        (void)err_set(&u->failure, ERR_USAGE, "%s ends without COMMIT", u->part->script->name);
        u->failure.sqlstate[0] = '\0';
        undo(u, "OPEN_TRANSACTION");
        return;
    }
    count_commit(u, clock_mono_us());
    next_transaction(u);
}

static void run_commands(struct user *u)
{
    const struct vec *commands = &u->part->script->commands;
    while (u->next < commands->n)
        if (!carry_out(u, vec_at(commands, u->next++)))
            return;
    end_of_script(u);
}

static void got(void *context, struct pool_slot *slot, const struct err *failure)
{
    struct user *u = context;
    if (slot == NULL) {
        fail(u, failure->code == ERR_LIMIT ? "POOL_QUEUE_FULL" : "POOL_TIMEOUT", failure->text);
        return;
    }
    u->slot = slot;
    u->got_us = clock_mono_us();
    count_backend(u->load, async_backend_pid(pool_link(slot)));
    move(u, USER_SENDING);
    start_script(u);
    run_commands(u);
}

static void begin(void *context)
{
    struct user *u = context;
    u->timer = NULL;
    u->begun_us = clock_mono_us();
    count_begin(u, u->begun_us);
    reseed(u);
    u->part = pick_part(u);
    u->retries = 0;
    move(u, USER_WAITING_SLOT);
    pool_take(u->load->pool, &u->ticket, got, u);
}

/* ---- start and end ---- */

void user_start(struct user *u, int64_t intended_us)
{
    u->state = USER_THINKING;
    u->intended_us = intended_us;
    u->free_us = u->load->began_us;
    u->timer = loop_timer(u->load->loop, intended_us, begin, u);
}

void user_end(struct user *u)
{
    if (u->state != USER_THINKING)
        return;
    loop_cancel(TAKE(u->timer));
    be_done(u);
}

void user_stop(struct user *u)
{
    if (u->state == USER_DONE)
        return;
    int64_t now_us = clock_mono_us();
    loop_cancel(TAKE(u->timer));
    pool_cancel(&u->ticket);
    if (u->state == USER_WAITING_SLOT)
        count_no_connection(u, now_us);
    else
        count_failure(u, "UNFINISHED", "still running when the load had to end", now_us);
    count_cycle(u, now_us);
    leave_connection(u);
    u->intended_us += u->gap_us;
    be_done(u);
}
