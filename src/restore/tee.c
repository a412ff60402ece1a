/* SPDX-License-Identifier: PostgreSQL */
#include "restore/tee.h"

#include "base/attr.h"

static bool on_statement(void *context, const struct statement *s, struct err *e)
{
    const struct tee *tee = context;
    for (size_t i = 0; i < COUNT_OF(tee->to); i++)
        if (tee->to[i]->statement != NULL && !tee->to[i]->statement(tee->to[i]->context, s, e))
            return false;
    return true;
}

static bool on_copy_begin(void *context, const struct copy_head *head, struct err *e)
{
    const struct tee *tee = context;
    for (size_t i = 0; i < COUNT_OF(tee->to); i++)
        if (tee->to[i]->copy_begin != NULL && !tee->to[i]->copy_begin(tee->to[i]->context, head, e))
            return false;
    return true;
}

static bool on_copy_data(void *context, const char *bytes, size_t n, struct err *e)
{
    const struct tee *tee = context;
    for (size_t i = 0; i < COUNT_OF(tee->to); i++)
        if (tee->to[i]->copy_data != NULL &&
            !tee->to[i]->copy_data(tee->to[i]->context, bytes, n, e))
            return false;
    return true;
}

static bool on_copy_end(void *context, const struct dump_table *table, struct err *e)
{
    const struct tee *tee = context;
    for (size_t i = 0; i < COUNT_OF(tee->to); i++)
        if (tee->to[i]->copy_end != NULL && !tee->to[i]->copy_end(tee->to[i]->context, table, e))
            return false;
    return true;
}

static bool on_connect(void *context, const char *database, struct err *e)
{
    const struct tee *tee = context;
    for (size_t i = 0; i < COUNT_OF(tee->to); i++)
        if (tee->to[i]->connect != NULL && !tee->to[i]->connect(tee->to[i]->context, database, e))
            return false;
    return true;
}

static void on_progress(void *context, const struct dump_facts *so_far)
{
    const struct tee *tee = context;
    for (size_t i = 0; i < COUNT_OF(tee->to); i++)
        if (tee->to[i]->progress != NULL)
            tee->to[i]->progress(tee->to[i]->context, so_far);
}

struct dump_listener tee_listener(struct tee *tee)
{
    return (struct dump_listener){
        .context = tee,
        .statement = on_statement,
        .copy_begin = on_copy_begin,
        .copy_data = on_copy_data,
        .copy_end = on_copy_end,
        .connect = on_connect,
        .progress = on_progress,
    };
}
