/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"
#include "pg/async.h"
#include "pool/driver.h"

static void opened(void *context, const struct err *failure)
{
    pool_opened(context, failure);
}

static void lost(void *context, const struct err *why)
{
    pool_lost(context, why);
}

static void ran(void *context, const struct async_outcome *outcome)
{
    pool_ran(context, outcome->failure);
}

static void *open_link(void *context, struct loop *loop, struct pool_slot *slot,
                       int64_t deadline_us)
{
    return async_open(&(struct async_how){.loop = loop,
                                          .dsn = context,
                                          .deadline_us = deadline_us,
                                          .opened = opened,
                                          .lost = lost,
                                          .context = slot});
}

static void run(void *link, struct pool_slot *slot, const char *sql, int64_t deadline_us)
{
    if (str_starts(sql, "DISCARD ALL"))
        async_forget_prepared(link);
    async_run(link, &(struct async_call){.sql = sql,
                                         .statement = ASYNC_UNPREPARED,
                                         .simple = true,
                                         .deadline_us = deadline_us,
                                         .give_up_late = true,
                                         .done = ran,
                                         .context = slot});
}

static bool quiet(const void *link)
{
    return async_quiet(link);
}

static enum pool_link_status status(const void *link)
{
    switch (async_state(link)) {
    case ASYNC_IDLE:
        return async_in_transaction(link) ? POOL_LINK_IN_TRANSACTION : POOL_LINK_IDLE;
    case ASYNC_CONNECTING:
    case ASYNC_BUSY:
    case ASYNC_DRAINING:
        return POOL_LINK_BUSY;
    case ASYNC_DEAD:
    case ASYNC_STATES:
        break;
    }
    return POOL_LINK_DEAD;
}

static void close_link(void *link)
{
    async_close(link);
}

const struct pool_driver pool_driver_pg = {
    .open = open_link, .run = run, .quiet = quiet, .status = status, .close = close_link};
