/* SPDX-License-Identifier: PostgreSQL */
/* Doctor: what this machine can do, and what is missing, in words. */
#include "backup/backup.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/str.h"
#include "pg/catalog.h"
#include "run/kept.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONNECT_TIMEOUT_US = 10000000 };

struct doctor {
    struct run *run;
    bool able;   /* is a rehearsal possible? */
    bool silent; /* --quiet, until something is missing */
};

enum state { STATE_OK, STATE_NOTE, STATE_MISSING };

static void say(struct doctor *d, enum state state, const char *what, const char *format, ...)
    PRINTF(4, 5);

static void say(struct doctor *d, enum state state, const char *what, const char *format, ...)
{
    static const char *const marks[] = {" ok ", " -- ", "MISS"};
    char text[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (state == STATE_MISSING)
        d->able = false;
    if (!d->silent || state == STATE_MISSING)
        (void)printf("%s  %-12s %s\n", marks[state], what, text);
}

static void look_at_installations(struct doctor *d)
{
    struct arena *a = d->run->arena;
    const struct installation *picked;
    struct err e = {0};
    VEC_EACH (const struct installation, i, &d->run->record->environment.installations)
        say(d, STATE_OK, "PostgreSQL", "%lld in %s: %s%s%s", (long long)i->major, i->bindir,
            i->server ? "server" : "no server", i->dump ? ", pg_dump" : ", no pg_dump",
            i->version == NULL ? "" : arena_printf(a, " (%s)", i->version));
    if (!target_pick(&d->run->record->environment.installations, 0, &picked, &e))
        say(d, STATE_MISSING, "PostgreSQL", "%s", e.text);
}

static void look_at_account(struct doctor *d)
{
    struct err e = {0};
    const char *account;
    if (!target_account(d->run->config->target_user, &account, &e))
        say(d, STATE_MISSING, "account", "%s", e.text);
    else if (account != NULL)
        say(d, STATE_OK, "account", "started as root: servers run as %s", account);
    else
        say(d, STATE_OK, "account", "servers run as %s, like pg_rehearse itself",
            d->run->record->run.user);
}

/* Can a folder be made there, and how much room is there? */
static void look_at_folder(struct doctor *d, const char *what, const char *path, bool count_room)
{
    struct err e = {0};
    uint64_t bytes = 0;
    if (access(path, W_OK | X_OK) != 0 && !err_sys(&e, "%s", path))
        say(d, STATE_MISSING, what, "%s", e.text);
    else if (!count_room)
        say(d, STATE_OK, what, "%s", path);
    else if (fs_free_bytes(path, &bytes, &e))
        say(d, STATE_OK, what, "%s, %s free", path, str_bytes(d->run->arena, bytes));
}

static void look_at_leases(struct doctor *d)
{
    struct err e = {0};
    const char *dir;
    if (lease_state_dir(d->run->arena, d->run->config->state_dir, &dir, &e))
        look_at_folder(d, "leases", dir, false);
    else
        say(d, STATE_MISSING, "leases", "%s", e.text);
}

/* Servers that somebody wanted to keep, and may have forgotten. */
static void look_at_kept(struct doctor *d)
{
    struct arena *a = d->run->arena;
    struct err e = {0};
    const char *dir;
    struct vec leases;
    if (!lease_state_dir(a, d->run->config->state_dir, &dir, &e) ||
        !lease_list(a, dir, &leases, &e))
        return;
    VEC_EACH (const struct lease_facts, l, &leases)
        if (l->state == LEASE_KEPT)
            say(d, STATE_NOTE, "kept server", "%s; remove it: %s", kept_describe(a, l),
                kept_removal(a, d->run->config, l->name));
}

/* A container engine is a matter of a later version; whether one is there is said all the same. */
static void look_at_engine(struct doctor *d)
{
    static const char *const sockets[] = {"/var/run/docker.sock", "/run/podman/podman.sock"};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        struct stat st;
        if (stat(sockets[i], &st) == 0 && S_ISSOCK(st.st_mode)) {
            say(d, STATE_NOTE, "containers",
                "%s is there; this version restores into local clusters only", sockets[i]);
            return;
        }
    }
    say(d, STATE_NOTE, "containers", "no engine; not needed: restores go into local clusters");
}

static void look_at_source(struct doctor *d)
{
    struct run *run = d->run;
    struct err e = {0};
    struct server_facts facts = {0};
    const struct installation *picked;
    CLEANUP(pg_cleanup) struct pg pg = {0};
    if (run->config->source_dsn == NULL) {
        say(d, STATE_NOTE, "source", "none given; --source DSN has it looked at too");
        return;
    }
    if (!pg_open(run->config->source_dsn, &run->intr, CONNECT_TIMEOUT_US, &pg, &e) ||
        !catalog_server(&pg, run->arena, &facts, &e)) {
        say(d, STATE_MISSING, "source", "%s", e.text);
        return;
    }
    say(d, STATE_OK, "source", "%s: PostgreSQL %s, %s",
        pg_redact(run->arena, run->config->source_dsn), facts.version,
        str_bytes(run->arena, (uint64_t)facts.size_bytes.value));
    if (!backup_pick_pg_dump(&run->record->environment.installations, facts.version_num, &picked,
                             &e))
        say(d, STATE_MISSING, "pg_dump", "%s", e.text);
    if (!target_pick(&run->record->environment.installations, facts.version_num / 10000, &picked,
                     &e))
        say(d, STATE_MISSING, "server", "%s", e.text);
}

int run_doctor(struct arena *a, const struct config *config)
{
    struct err e = {0};
    struct run run = {.arena = a, .config = config, .record = record_new(a)};
    if (!interrupt_open(&run.intr, &e)) {
        log_line(LOG_ERROR, "%s", e.text);
        return err_exit_status(e.code);
    }
    run_describe_machine(&run);
    struct doctor d = {.run = &run, .able = true, .silent = config->quiet};
    const struct environment_facts *env = &run.record->environment;
    say(&d, STATE_OK, "machine", "%s, %s, %lld cores, %s memory", env->os, env->kernel,
        (long long)env->cores, str_bytes(a, (uint64_t)env->memory_bytes));
    look_at_installations(&d);
    look_at_account(&d);
    look_at_folder(&d, "work folder", run_work_parent(config), true);
    look_at_leases(&d);
    look_at_kept(&d);
    look_at_engine(&d);
    look_at_source(&d);
    interrupt_cleanup(&run.intr);
    if (!d.silent || !d.able)
        (void)printf("%s\n", d.able ? "This machine can rehearse a backup."
                                    : "This machine cannot rehearse a backup yet: see MISS above.");
    return d.able ? 0 : err_exit_status(ERR_MISSING);
}
