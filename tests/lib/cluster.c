/* SPDX-License-Identifier: PostgreSQL */
#include "lib/cluster.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "pg/pg.h"

#include <check.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SQL_SECONDS = 120 };
#define FOLDER_PREFIX "pgr-test-"

/* Belongs to the process that started it; forked tests only look. */
static struct {
    struct arena *arena;
    pid_t owner;
    const char *folder; /* all folders of this program are in it */
    struct installation installation;
    struct cluster cluster;
    struct server_facts facts;
    bool running;
    struct vec others; /* struct cluster, of other installations */
} shared;

static const char *parent_folder(void)
{
    const char *tmp = getenv("TMPDIR");
    return tmp != NULL && *tmp == '/' ? tmp : "/tmp";
}

static void clean_up(void)
{
    struct err e;
    if (shared.owner != getpid())
        return;
    cluster_cleanup(&shared.cluster);
    VEC_EACH (struct cluster, other, &shared.others)
        cluster_cleanup(other);
    if (shared.folder != NULL && !fs_remove_tree(shared.folder, &e))
        (void)fprintf(stderr, "test cluster: %s\n", e.text);
    arena_free(shared.arena);
    shared.arena = NULL;
}

static void must(bool ok, const struct err *e, const char *what)
{
    if (!ok)
        ck_abort_msg("%s: %s", what, e->text);
}

/* Folders of test programs that were killed: the number behind the prefix is their pid. */
static void remove_stale(struct arena *a)
{
    struct err e;
    struct vec names;
    if (!fs_list(a, parent_folder(), &names, &e))
        return;
    VEC_EACH (char *, name, &names) {
        if (!str_starts(*name, FOLDER_PREFIX))
            continue;
        int64_t pid = strtol(*name + strlen(FOLDER_PREFIX), NULL, 10);
        const char *path = fs_join(a, parent_folder(), *name);
        bool gone = pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
        if (gone &&
            (!cluster_kill_stale(fs_join(a, path, "cluster"), &e) || !fs_remove_tree(path, &e)))
            (void)fprintf(stderr, "test cluster: %s\n", e.text);
    }
}

static void own(void)
{
    struct err e = {0};
    if (shared.owner != 0)
        return;
    shared.owner = getpid();
    shared.arena = arena_new();
    (void)atexit(clean_up);
    remove_stale(shared.arena);
    const char *prefix = arena_printf(shared.arena, FOLDER_PREFIX "%d-", (int)getpid());
    shared.folder = fs_make_temp_dir(shared.arena, parent_folder(), prefix, &e);
    must(shared.folder != NULL, &e, "folder for tests");
    must(chmod(shared.folder, 0711) == 0, &e, "mode of the folder for tests");
}

const char *test_cluster_folder(void)
{
    struct err e = {0};
    own();
    const char *path = fs_make_temp_dir(shared.arena, shared.folder, "d", &e);
    must(path != NULL, &e, "folder for a test");
    return path;
}

const char *test_cluster_cache(void)
{
    own();
    return fs_join(shared.arena, shared.folder, "cache");
}

const struct installation *test_cluster_installation(void)
{
    struct err e = {0};
    struct vec found;
    const struct installation *newest;
    own();
    if (shared.installation.bindir != NULL)
        return &shared.installation;
    target_find_installations(shared.arena, NULL, &found);
    must(target_pick(&found, 0, &newest, &e), &e, "PostgreSQL for tests");
    shared.installation = *newest;
    return &shared.installation;
}

/* Its folder goes by that name. */
static struct cluster start(const char *bindir, const char *name, struct server_facts *facts)
{
    struct err e = {0};
    struct cluster c = {0};
    own();
    struct cluster_wish wish = {.bindir = bindir,
                                .dir = fs_join(shared.arena, shared.folder, name)};
    must(fs_make_dirs(wish.dir, 0700, &e), &e, "folder of the test server");
    must(target_account(NULL, &wish.account, &e), &e, "account of the test server");
    must(cluster_start(shared.arena, &wish, &c, facts, &e), &e, "test server");
    return c;
}

void test_cluster_start(void)
{
    if (shared.running)
        return;
    shared.cluster = start(test_cluster_installation()->bindir, "cluster", &shared.facts);
    shared.running = true;
}

const char *test_cluster_start_other(const char *bindir)
{
    struct server_facts facts = {0};
    own();
    const char *name = arena_printf(shared.arena, "other%zu", shared.others.n);
    if (shared.others.n == 0)
        shared.others = vec_new(shared.arena, sizeof(struct cluster));
    struct cluster *c = vec_push(&shared.others);
    *c = start(bindir, name, &facts);
    return c->dsn;
}

const char *test_cluster_dsn(void)
{
    test_cluster_start();
    return shared.cluster.dsn;
}

const struct server_facts *test_cluster_facts(void)
{
    test_cluster_start();
    return &shared.facts;
}

const char *test_cluster_database_of(const char *admin)
{
    struct err e = {0};
    const char *dsn;
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *name = arena_printf(a, "t%lld_%d", (long long)clock_mono_us(), (int)getpid());
    test_cluster_sql(admin, arena_printf(a, "CREATE DATABASE %s", name));
    must((dsn = pg_dsn_with(shared.arena, admin, "dbname", name, &e)) != NULL, &e,
         "DSN of a test database");
    return dsn;
}

const char *test_cluster_database(void)
{
    return test_cluster_database_of(test_cluster_dsn());
}

static void open_or_fail(const char *dsn, struct pg *pg)
{
    struct err e = {0};
    must(pg_open(dsn, NULL, SQL_SECONDS * CLOCK_SECOND_US, pg, &e), &e, "connect");
}

void test_cluster_sql(const char *dsn, const char *sql)
{
    struct err e = {0};
    CLEANUP(pg_cleanup) struct pg pg = {0};
    open_or_fail(dsn, &pg);
    must(pg_run(&pg, sql, &e), &e, sql);
}

int64_t test_cluster_int(const char *dsn, const char *sql)
{
    struct err e = {0};
    CLEANUP(pg_cleanup) struct pg pg = {0};
    int64_t n = 0;
    open_or_fail(dsn, &pg);
    must(pg_int(&pg, sql, &n, &e), &e, sql);
    return n;
}

const char *test_cluster_text(struct arena *a, const char *dsn, const char *sql)
{
    struct err e = {0};
    CLEANUP(pg_cleanup) struct pg pg = {0};
    const char *text = NULL;
    open_or_fail(dsn, &pg);
    must(pg_text(&pg, a, sql, &text, &e), &e, sql);
    return text;
}
