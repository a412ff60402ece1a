/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "target/target.h"

#include <glob.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ASK_SECONDS = 10 };

/* First line of what a program prints with one option; NULL when it cannot be run. */
static const char *ask(struct arena *a, const char *program, const char *option)
{
    struct err ignored;
    CLEANUP(proc_result_cleanup) struct proc_result r = {0};
    const char *const argv[] = {program, option, NULL};
    const char *const env[] = {"LC_ALL=C", NULL};
    const struct spawn how = {.argv = argv, .env = env, .dir = "/"};
    int64_t deadline_us = clock_mono_us() + ASK_SECONDS * CLOCK_SECOND_US;
    if (!proc_run(&how, deadline_us, NULL, &r, &ignored) || r.status != 0)
        return NULL;
    const char *text = buf_text(&r.out);
    return arena_strndup(a, text, strcspn(text, "\n"));
}

/* "postgres (PostgreSQL) 15.18 (Debian …)", "pg_dump (PostgreSQL) 9.6.24", "… 18beta1" */
static int64_t major_of(const char *version_line)
{
    const char *behind = strstr(version_line, "(PostgreSQL) ");
    return behind == NULL ? 0 : (int64_t)strtol(behind + strlen("(PostgreSQL) "), NULL, 10);
}

static bool has_program(struct arena *a, const char *bindir, const char *name)
{
    return access(fs_join(a, bindir, name), X_OK) == 0;
}

static bool is_same_folder(const char *one, const char *other)
{
    char *a = realpath(one, NULL), *b = realpath(other, NULL);
    bool same = a != NULL && b != NULL && str_eq(a, b);
    free(a);
    free(b);
    return same;
}

static void consider(struct arena *a, const char *bindir, struct vec *found)
{
    VEC_EACH (const struct installation, i, found)
        if (is_same_folder(i->bindir, bindir))
            return;
    struct installation new = {.bindir = arena_strdup(a, bindir)};
    new.server = has_program(a, bindir, "initdb") && has_program(a, bindir, "postgres");
    new.dump = has_program(a, bindir, "pg_dump");
    if (!new.server && !new.dump)
        return;
    new.version = ask(a, fs_join(a, bindir, new.server ? "postgres" : "pg_dump"), "--version");
    new.major = new.version == NULL ? 0 : major_of(new.version);
    if (new.major > 0)
        *(struct installation *)vec_push(found) = new;
}

static void consider_pattern(struct arena *a, const char *pattern, struct vec *found)
{
    glob_t paths = {0};
    if (glob(pattern, 0, NULL, &paths) == 0)
        for (size_t i = 0; i < paths.gl_pathc; i++)
            consider(a, paths.gl_pathv[i], found);
    globfree(&paths);
}

/* By insertion, which keeps the order in which those of one major were found. */
static void sort_by_major(struct vec *found)
{
    struct installation *item = found->items;
    for (size_t i = 1; i < found->n; i++)
        for (size_t j = i; j > 0 && item[j - 1].major > item[j].major; j--) {
            struct installation swapped = item[j];
            item[j] = item[j - 1];
            item[j - 1] = swapped;
        }
}

void target_find_installations(struct arena *a, const char *extra_bindir, struct vec *found)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
                                           "/usr/local/pgsql/bin"};
    struct vec all = vec_new(a, sizeof(struct installation));
    if (extra_bindir != NULL)
        consider(a, extra_bindir, &all);
    for (size_t i = 0; i < COUNT_OF(patterns); i++)
        consider_pattern(a, patterns[i], &all);
    const char *in_path = ask(a, "pg_config", "--bindir");
    if (in_path != NULL)
        consider(a, in_path, &all);
    sort_by_major(&all);
    *found = all;
}

/* "PostgreSQL 13, 15" of those with a server. */
static const char *majors(struct arena *a, const struct vec *installations)
{
    const char *text = NULL;
    VEC_EACH (const struct installation, i, installations)
        if (i->server)
            text = text == NULL ? arena_printf(a, "PostgreSQL %lld", (long long)i->major)
                                : arena_printf(a, "%s, %lld", text, (long long)i->major);
    return text != NULL ? text : "none";
}

bool target_pick(const struct vec *installations, int64_t major, const struct installation **picked,
                 struct err *e)
{
    const struct installation *best = NULL;
    VEC_EACH (const struct installation, i, installations) {
        bool nearer = best == NULL || (major == 0 && i->major > best->major);
        if (i->server && i->major >= major && nearer)
            best = i;
    }
    if (best != NULL) {
        *picked = best;
        return true;
    }
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    if (major == 0)
        return err_set(e, ERR_MISSING,
                       "no PostgreSQL server is installed; install the Debian package postgresql");
    return err_set(e, ERR_MISSING,
                   "no PostgreSQL server of major %lld or higher is installed (found: %s); install "
                   "the Debian package postgresql-%lld",
                   (long long)major, majors(a, installations), (long long)major);
}

bool target_pick_at(const struct vec *installations, const char *bindir,
                    const struct installation **picked, struct err *e)
{
    VEC_EACH (const struct installation, i, installations)
        if (i->server && is_same_folder(i->bindir, bindir)) {
            *picked = i;
            return true;
        }
    return err_set(e, ERR_MISSING, "no initdb and postgres that can be run in %s", bindir);
}

bool target_account(const char *wanted, const char **account, struct err *e)
{
    if (geteuid() != 0) {
        *account = NULL;
        return true;
    }
    const char *const candidates[] = {wanted != NULL ? wanted : "postgres",
                                      wanted != NULL ? wanted : "nobody"};
    for (size_t i = 0; i < COUNT_OF(candidates); i++) {
        const struct passwd *entry = getpwnam(candidates[i]);
        if (entry != NULL && entry->pw_uid == 0)
            return err_set(e, ERR_REFUSED, "a PostgreSQL server does not run as root; \"%s\" is",
                           candidates[i]);
        if (entry != NULL) {
            *account = candidates[i];
            return true;
        }
    }
    return err_set(e, ERR_MISSING, "no account named \"%s\" to run the server under",
                   candidates[0]);
}
