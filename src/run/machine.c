/* SPDX-License-Identifier: PostgreSQL */
/* The machine a run happens on, and the private folders it makes there. */
#include "base/fs.h"
#include "base/str.h"
#include "run/run.h"

#include <pwd.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { OS_RELEASE_MAX = 16 * 1024 };

const char *run_work_parent(const struct config *config)
{
    const char *tmpdir = getenv("TMPDIR");
    if (config->work_dir != NULL)
        return config->work_dir;
    return tmpdir != NULL && tmpdir[0] == '/' ? tmpdir : "/var/tmp";
}

/* PRETTY_NAME of os-release(5); the kernel's name where there is none. */
static const char *os_name(struct arena *a)
{
    static const char key[] = "PRETTY_NAME=\"";
    struct slice text;
    struct err none;
    if (!fs_read_file(a, "/etc/os-release", OS_RELEASE_MAX, &text, &none))
        return "Linux";
    const char *at = strstr(text.p, key);
    const char *end = at == NULL ? NULL : strchr(at + strlen(key), '"');
    if (end == NULL)
        return "Linux";
    return arena_strndup(a, at + strlen(key), (size_t)(end - at) - strlen(key));
}

/* Besides the workers of the restore and the users of the load. */
enum { OWN_CONNECTIONS = 20 };

static int64_t usable_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return sysconf(_SC_NPROCESSORS_ONLN);
    return CPU_COUNT(&set);
}

void run_describe_machine(struct run *run)
{
    struct environment_facts *env = &run->record->environment;
    struct utsname name = {0};
    struct err none;
    uint64_t free_bytes = 0;
    (void)uname(&name);
    env->os = os_name(run->arena);
    env->kernel = arena_printf(run->arena, "%s %s", name.sysname, name.release);
    env->cores = usable_cores();
    env->memory_bytes = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    env->work_dir = run_work_parent(run->config);
    if (fs_free_bytes(env->work_dir, &free_bytes, &none))
        env->free_bytes = (int64_t)free_bytes;
    if (run->plan == NULL || !run->plan->without_servers)
        target_find_installations(run->arena, run->config->target_bindir, &env->installations);
    const struct passwd *account = getpwuid(geteuid());
    run->record->run.user = account == NULL ? "?" : arena_strdup(run->arena, account->pw_name);
    run->record->tool.name = "pg_rehearse";
    run->record->tool.version = PGR_VERSION;
    int libpq = PQlibVersion();
    run->record->tool.libpq = arena_printf(run->arena, "%d.%d", libpq / 10000, libpq % 10000);
}

static bool give_lease(void *context, struct err *e)
{
    return lease_give(context, e);
}

bool run_lease_folder(struct run *run, const char *parent, const char *prefix, const char **folder,
                      struct err *e)
{
    const char *state_dir;
    if (!lease_state_dir(run->arena, run->config->state_dir, &state_dir, e))
        return false;
    char *real = realpath(parent, NULL);
    if (real == NULL)
        return err_sys(e, "folder %s", parent);
    const char *path =
        arena_printf(run->arena, "%s/%spg_rehearse-%s", real, prefix, run->record->run.id);
    free(real);
    struct lease *lease = ARENA_NEW(run->arena, struct lease);
    if (!lease_take(run->arena, state_dir, path, lease, e))
        return false;
    undo_push(&run->undo, arena_printf(run->arena, "private folder %s", path), give_lease, lease);
    *folder = path;
    if (run->work_lease == NULL) /* the work folder is leased first of all */
        run->work_lease = lease;
    return true;
}

static const char *private_folder(void *context, struct err *e)
{
    struct run *run = context;
    const char *parent = run_work_parent(run->config);
    if (run->work_dir == NULL && !run_lease_folder(run, parent, "", &run->work_dir, e))
        return NULL;
    return run->work_dir;
}

struct scratch run_scratch(struct run *run)
{
    return (struct scratch){.folder = private_folder, .context = run};
}

bool run_pick_server(struct run *run, int64_t major, struct err *e)
{
    const struct vec *found = &run->record->environment.installations;
    if (run->config->target_bindir != NULL)
        return target_pick_at(found, run->config->target_bindir, &run->server, e);
    return target_pick(found, major, &run->server, e);
}

const char *run_short_version(struct arena *a, const char *version)
{
    const char *at = version == NULL ? NULL : strstr(version, "(PostgreSQL) ");
    const char *number = at != NULL ? at + strlen("(PostgreSQL) ") : version;
    return number == NULL ? "?" : arena_strndup(a, number, strcspn(number, " "));
}

static bool stop_cluster(void *context, struct err *e)
{
    return cluster_stop(context, e);
}

const char *run_cache_dir(struct arena *a, const struct config *config)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (config->cache_dir != NULL)
        return config->cache_dir;
    if (geteuid() == 0)
        return "/var/cache/pg_rehearse";
    if (xdg != NULL && xdg[0] == '/')
        return fs_join(a, xdg, "pg_rehearse");
    return home != NULL && home[0] == '/' ? fs_join(a, home, ".cache/pg_rehearse") : NULL;
}

/* What one transaction may lock at once; 0 while the dump was not read. */
static uint64_t dump_objects(const struct run *run)
{
    static const enum item_kind kinds[] = {ITEM_TABLE,       ITEM_MATVIEW, ITEM_VIEW,
                                           ITEM_SEQUENCE,    ITEM_INDEX,   ITEM_FUNCTION,
                                           ITEM_LARGE_OBJECT};
    uint64_t n = 0;
    for (size_t i = 0; i < COUNT_OF(kinds) && run->verified; i++)
        n += run->inventory.n[kinds[i]];
    return n;
}

bool run_start_cluster(struct run *run, const struct cluster_order *order, struct err *e)
{
    const struct server_facts *like = order->like;
    uint64_t wanted = run->config->jobs;
    int64_t jobs = wanted > 0 ? (int64_t)wanted : run->record->environment.cores;
    struct cluster_wish wish = {
        .dir = fs_join(run->arena, run->work_dir, order->name),
        .bindir = run->server->bindir,
        .account = run->account,
        .encoding = like->encoding,
        .collate = like->collate,
        .ctype = like->ctype,
        .locale_provider = like->locale_provider,
        .icu_locale = like->icu_locale,
        .cache_dir = run->config->target_template ? run_cache_dir(run->arena, run->config) : NULL,
        .max_connections = (int64_t)run->config->pool_max + jobs + OWN_CONNECTIONS,
        .jobs = jobs,
        .n_objects = dump_objects(run),
        .start_timeout_us = run->config->target_start_timeout_us,
        .intr = &run->intr,
    };
    if (!fs_make_dirs(wish.dir, 0700, e))
        return false;
    if (run->account != NULL && !fs_give_to(wish.dir, run->account, e))
        return false;
    if (!cluster_start(run->arena, &wish, order->cluster, order->facts, e))
        return false;
    undo_push(&run->undo, arena_printf(run->arena, "throw-away server in %s", wish.dir),
              stop_cluster, order->cluster);
    return true;
}
