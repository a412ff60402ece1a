/* SPDX-License-Identifier: PostgreSQL */
#include "backup/child.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VERSION_SECONDS = 20, PIPE_BYTES = 1024 * 1024 };

bool dump_child_version(const struct backup_job *job, const char **line, int64_t *major,
                        struct err *e)
{
    const char *argv[] = {job->pg_dump, "--version", NULL};
    struct spawn how = {.argv = argv};
    CLEANUP(proc_result_cleanup) struct proc_result result = {0};
    int64_t deadline_us = clock_mono_us() + VERSION_SECONDS * CLOCK_SECOND_US;
    if (!proc_run(&how, deadline_us, job->intr, &result, e))
        return err_wrap(e, "pg_dump --version");
    const char *text = buf_text(&result.out);
    const char *number = strstr(text, "(PostgreSQL) ");
    if (result.status != 0 || number == NULL)
        return err_set(e, ERR_CHILD, "%s is no pg_dump: it does not tell its version",
                       job->pg_dump);
    *major = strtoll(number + strlen("(PostgreSQL) "), NULL, 10);
    *line = arena_strndup(job->arena, text, strcspn(text, "\n"));
    return true;
}

/* The password that the child needs and cannot find by itself, as a line of a password file; NULL
 * when there is none: the user's own passfile and service file work in the child as they do here.
 */
static bool find_password(const struct backup_job *job, const struct snapshot *s,
                          struct pg_split *split, struct err *e)
{
    const char *dsn = job->dsn;
    const char *from_env = getenv("PGPASSWORD");
    if (!pg_split_dsn(job->arena, dsn, split, e))
        return false;
    if (split->passfile_line != NULL || from_env == NULL || *from_env == '\0' ||
        !str_eq(from_env, PQpass(s->pg.conn)))
        return true;
    return (dsn = pg_dsn_with(job->arena, dsn, "password", from_env, e)) != NULL &&
           pg_split_dsn(job->arena, dsn, split, e);
}

/* A file in memory, mode 0600 as libpq demands, that the child inherits. */
static bool make_passfile(const char *line, struct dump_child *child, struct err *e)
{
    int fd = memfd_create("pg_rehearse", 0);
    if (fd < 0)
        return err_sys(e, "password file in memory");
    child->passfile_fd = fd;
    if (fchmod(fd, S_IRUSR | S_IWUSR) != 0)
        return err_sys(e, "password file in memory");
    return fs_write_all(fd, line, strlen(line), e);
}

static const char *const *make_argv(const struct backup_job *job, const struct snapshot *s,
                                    const char *conninfo)
{
    const struct config *c = job->config;
    struct vec argv = vec_new(job->arena, sizeof(const char *));
    const char *fixed[] = {
        job->pg_dump,
        "--format=plain",
        "--no-password",
        arena_printf(job->arena, "--snapshot=%s", s->name),
    };
    for (size_t i = 0; i < COUNT_OF(fixed); i++)
        *(const char **)vec_push(&argv) = fixed[i];
    for (size_t i = 0; i < c->backup_schema.n; i++)
        *(const char **)vec_push(&argv) =
            arena_printf(job->arena, "--schema=%s", c->backup_schema.items[i]);
    for (size_t i = 0; i < c->backup_exclude_schema.n; i++)
        *(const char **)vec_push(&argv) =
            arena_printf(job->arena, "--exclude-schema=%s", c->backup_exclude_schema.items[i]);
    *(const char **)vec_push(&argv) = arena_printf(job->arena, "--dbname=%s", conninfo);
    *(const char **)vec_push(&argv) = NULL;
    return argv.items;
}

bool dump_child_start(const struct backup_job *job, const struct snapshot *s,
                      struct dump_child *child, struct err *e)
{
    struct pg_split split;
    CLEANUP(dump_child_cleanup) struct dump_child new = {0};
    if (!find_password(job, s, &split, e))
        return false;
    const char *env[] = {"LC_ALL=C", "PGPASSWORD=", NULL, NULL};
    if (split.passfile_line != NULL) {
        if (!make_passfile(split.passfile_line, &new, e))
            return false;
        env[2] = arena_printf(job->arena, "PGPASSFILE=/proc/self/fd/%d", new.passfile_fd);
    }
    struct spawn how = {
        .argv = make_argv(job, s, split.conninfo),
        .env = env,
        .out = PROC_PIPE,
        .err = PROC_PIPE,
        .death_signal = SIGTERM,
    };
    if (!proc_start(&how, &new.proc, e))
        return false;
    (void)fcntl(new.proc.out_fd, F_SETPIPE_SZ, PIPE_BYTES);
    *child = new;
    new = (struct dump_child){0};
    return true;
}

void dump_child_cleanup(struct dump_child *child)
{
    proc_cleanup(&child->proc);
    if (child->passfile_fd > 0)
        (void)close(child->passfile_fd);
    child->passfile_fd = 0;
}

bool dump_child_end(const struct backup_job *job, struct dump_child *child, int64_t deadline_us,
                    struct err *e)
{
    char status[64];
    if (!proc_wait(&child->proc, deadline_us, job->intr, e))
        return false;
    if (proc_succeeded(&child->proc))
        return true;
    return err_set(e, ERR_CHILD, "pg_dump failed (%s): %s", proc_status_text(&child->proc, status),
                   dump_child_last_words(job->arena, buf_text(&child->proc.err_text)));
}
