/* SPDX-License-Identifier: PostgreSQL */
#include "base/str.h"
#include "load/inside.h"

#include <stddef.h>

enum { KINDS_MAX = 100 };

void count_begin(struct user *u, int64_t now_us)
{
    struct load *l = u->load;
    int64_t free_us = u->free_us > u->intended_us ? u->free_us : u->intended_us;
    if (now_us >= l->measured_us)
        hist_add(l->lag, now_us - free_us);
}

void count_commit(struct user *u, int64_t now_us)
{
    struct load *l = u->load;
    if (now_us < l->measured_us)
        return;
    int64_t response_us = now_us - u->intended_us;
    hist_add(l->response, response_us);
    hist_add(l->second, response_us);
    hist_add(l->service, now_us - u->got_us);
    hist_add(u->part->response, response_us);
    u->part->committed++;
    l->committed++;
    l->second_committed++;
    l->in_time += now_us < l->end_us;
}

static struct error_count *kind_row(struct load *l, const char *kind)
{
    VEC_EACH (struct error_count, x, &l->errors)
        if (str_eq(x->sqlstate, kind))
            return x;
    if (l->errors.n == KINDS_MAX)
        return vec_at(&l->errors, KINDS_MAX - 1);
    struct error_count *x = vec_push(&l->errors);
    x->sqlstate = arena_strdup(l->job->arena, kind);
    return x;
}

void count_failure(struct user *u, const char *kind, const char *text, int64_t now_us)
{
    struct load *l = u->load;
    if (now_us < l->measured_us)
        return;
    struct error_count *x = kind_row(l, kind);
    if (x->n++ == 0)
        x->example = arena_strdup(l->job->arena, text);
    u->part->failed++;
    l->failed++;
    l->second_failed++;
}

void count_no_connection(struct user *u, int64_t now_us)
{
    struct err last = pool_stats(u->load->pool).last_connect_error;
    if (last.code == ERR_NONE)
        (void)err_set(&last, ERR_CONNECT, "still waiting for one when the load had to end");
    count_failure(u, "NO_CONNECTION", last.text, now_us);
}

void count_cycle(struct user *u, int64_t until_us)
{
    const struct load *l = u->load;
    int64_t from_us = u->begun_us > l->measured_us ? u->begun_us : l->measured_us;
    int64_t to_us = until_us < l->end_us ? until_us : l->end_us;
    if (to_us > from_us)
        u->load->accounted_us += (double)(to_us - from_us);
}

void count_backend(struct load *l, int pid)
{
    VEC_EACH (const int, known, &l->backends)
        if (*known == pid)
            return;
    *(int *)vec_push(&l->backends) = pid;
}
