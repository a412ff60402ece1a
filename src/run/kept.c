/* SPDX-License-Identifier: PostgreSQL */
#include "run/kept.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

enum { STOP_US = 60000000, START_SECONDS = 60, LOOK_US = 2000000 };

const char *kept_shell_word(struct arena *a, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
    CLEANUP(buf_cleanup) struct buf out = {0};
    if (*text != '\0' && strspn(text, plain) == strlen(text))
        return text;
    buf_putc(&out, '\'');
    for (; *text != '\0'; text++)
        buf_puts(&out, *text == '\'' ? "'\\''" : (const char[]){*text, '\0'});
    buf_putc(&out, '\'');
    return arena_strdup(a, buf_text(&out));
}

const char *kept_removal(struct arena *a, const struct config *config, const char *name)
{
    const char *program = kept_shell_word(a, program_invocation_name);
    if (config->state_dir == NULL)
        return arena_printf(a, "%s reap --kept %s", program, name);
    return arena_printf(a, "%s reap --kept %s --state-dir %s", program, name,
                        kept_shell_word(a, config->state_dir));
}

const char *kept_describe(struct arena *a, const struct lease_facts *lease)
{
    struct err none = {0};
    uint64_t bytes = 0;
    CLEANUP(pg_cleanup) struct pg pg = {0};
    bool runs = pg_open(lease->dsn, NULL, LOOK_US, &pg, &none);
    const char *size =
        fs_tree_bytes(lease->folder, &bytes, &none) ? str_bytes(a, bytes) : "of unknown size";
    return arena_printf(a, "%s since %s, %s, %s, in %s", lease->name, lease->since, size,
                        runs ? "running" : "not running", lease->folder);
}

/* pg_ctl gives the server a session of its own, without a parent that could end. */
static bool start_again(struct run *run, struct err *e)
{
    struct arena *a = run->arena;
    const struct cluster *c = &run->target;
    CLEANUP(proc_result_cleanup) struct proc_result result = {0};
    const char *const argv[] = {fs_join(a, run->server->bindir, "pg_ctl"),
                                "start",
                                "-s",
                                "-w",
                                "-t",
                                arena_printf(a, "%d", START_SECONDS),
                                "-D",
                                c->data_dir,
                                "-l",
                                c->log_path,
                                NULL};
    const char *const env[] = {"LC_ALL=C", NULL};
    const struct spawn how = {.argv = argv, .env = env, .user = c->account, .dir = "/"};
    int64_t deadline_us = clock_mono_us() + (START_SECONDS + 5) * CLOCK_SECOND_US;
    if (!proc_run(&how, deadline_us, &run->intr, &result, e))
        return err_wrap(e, "pg_ctl");
    return result.status == 0 || err_set(e, ERR_CHILD, "pg_ctl start failed: %s; %s",
                                         buf_text(&result.err), cluster_log_tail(a, c));
}

/* What a person connects with: nothing in it that only keeps our own sessions apart. */
static const char *dsn_for_people(struct run *run, struct err *e)
{
    struct arena *a = run->arena;
    const char *dsn = pg_dsn_with(a, "port=5432 user=postgres", "host", run->target.socket_dir, e);
    const char *database = run->record->target.database;
    return dsn == NULL ? NULL : pg_dsn_with(a, dsn, "dbname", database, e);
}

/* The server that answers is the one that stays. */
static bool must_answer(struct run *run, const char *dsn, struct err *e)
{
    CLEANUP(pg_cleanup) struct pg pg = {0};
    return dsn != NULL && pg_open(dsn, &run->intr, STOP_US, &pg, e) &&
           pg_run(&pg, "SELECT pg_catalog.pg_postmaster_start_time()", e);
}

static bool hand_over(struct run *run, struct err *e)
{
    struct cluster *c = &run->target;
    struct server_facts *target = &run->record->target;
    const char *dsn = dsn_for_people(run, e);
    pg_cleanup(&run->restored);
    if (!proc_stop(&c->postmaster, SIGINT, STOP_US))
        return err_set(e, ERR_CHILD, "the server did not shut down");
    proc_cleanup(&c->postmaster);
    if (c->account != NULL && !fs_give_to(c->log_path, c->account, e))
        return false;
    if (!interrupt_check(&run->intr, e) || !start_again(run, e) || !must_answer(run, dsn, e) ||
        !interrupt_check(&run->intr, e))
        return false;
    target->dsn = dsn;
    target->removal = kept_removal(run->arena, run->config, run->record->run.id);
    return lease_keep(run->work_lease, target->dsn, e);
}

bool kept_hand_over(struct run *run, struct err *e)
{
    struct err why;
    if (hand_over(run, e)) {
        run->undo.steps.n = 0; /* nothing of it is to be undone */
        return run_skip(run, STAGE_teardown, "the server is kept, as asked for");
    }
    run->record->target.removal = NULL;
    why = *e;
    if (stage_teardown(run, e))
        *e = why;
    return false;
}
