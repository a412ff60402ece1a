/* SPDX-License-Identifier: PostgreSQL */
#include "target/initdb.h"

#include "base/fs.h"
#include "base/str.h"

#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INITDB_ARGS_MAX = 32, SAID_LINES = 4 };

/* Where libc has no C.UTF-8 there is always C. */
static const char *default_locale(void)
{
    locale_t there = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
    if (there != (locale_t)0)
        freelocale(there);
    return there != (locale_t)0 ? "C.UTF-8" : "C";
}

static bool check_locale(const char *name, struct err *e)
{
    if (name == NULL)
        return true;
    locale_t there = newlocale(LC_ALL_MASK, name, (locale_t)0);
    if (there != (locale_t)0) {
        freelocale(there);
        return true;
    }
    /* "de_DE.ISO-8859-15@euro": language, character set, modifier */
    int language = (int)strcspn(name, ".@");
    const char *modifier = name + strcspn(name, "@");
    const char *charset = name[language] == '.' ? name + language + 1 : "UTF-8";
    return err_set(e, ERR_MISSING,
                   "the locale \"%s\" does not exist on this machine; install the Debian package "
                   "locales, then run: localedef -i %.*s%s -f %.*s %s",
                   name, language, name, modifier, (int)strcspn(charset, "@"), charset, name);
}

bool initdb_check_locales(const struct cluster_wish *wish, struct err *e)
{
    return check_locale(wish->collate, e) && check_locale(wish->ctype, e);
}

const char *initdb_last_lines(struct arena *a, const char *text, size_t max_lines)
{
    char *copy = arena_strdup(a, text);
    size_t n = strlen(copy);
    while (n > 0 && strchr("\r\n ", copy[n - 1]) != NULL)
        copy[--n] = '\0';
    char *from = copy + n;
    for (size_t lines = 0; from > copy; from--)
        if (from[-1] == '\n' && ++lines == max_lines)
            break;
    const char *joined = NULL, *line;
    while ((line = strsep(&from, "\n")) != NULL)
        if (*line != '\0')
            joined = joined == NULL ? line : arena_printf(a, "%s; %s", joined, line);
    return joined != NULL ? joined : "";
}

enum err_code initdb_blame(const char *said)
{
    return strstr(said, "No space left on device") != NULL ||
                   strstr(said, "Disk quota exceeded") != NULL
               ? ERR_SPACE
               : ERR_CHILD;
}

/* --name=value, left out when the value is NULL. */
static void add(struct arena *a, const char **argv, const char *name, const char *value)
{
    size_t n = 0;
    while (argv[n] != NULL)
        n++;
    if (value != NULL && n + 1 < INITDB_ARGS_MAX)
        argv[n] = arena_printf(a, "--%s=%s", name, value);
}

static void add_locale(struct arena *a, const char **argv, const struct cluster_wish *wish)
{
    const char *usual = default_locale();
    add(a, argv, "encoding", wish->encoding != NULL ? wish->encoding : "UTF8");
    add(a, argv, "locale", "C");
    add(a, argv, "lc-collate", wish->collate != NULL ? wish->collate : usual);
    add(a, argv, "lc-ctype", wish->ctype != NULL ? wish->ctype : usual);
    if (str_eq(wish->locale_provider, "icu")) {
        add(a, argv, "locale-provider", "icu");
        add(a, argv, "icu-locale", wish->icu_locale);
    } else if (str_eq(wish->locale_provider, "builtin")) {
        add(a, argv, "locale-provider", "builtin");
        add(a, argv, "builtin-locale", wish->icu_locale);
    }
}

static bool run_initdb(const struct cluster_wish *wish, const char *const *argv,
                       int64_t deadline_us, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(proc_result_cleanup) struct proc_result r = {0};
    const char *const env[] = {"LC_ALL=C", NULL};
    const struct spawn how = {.argv = argv, .env = env, .user = wish->account, .dir = "/"};
    if (!proc_run(&how, deadline_us, wish->intr, &r, e))
        return err_wrap(e, "initdb");
    if (r.status == 0)
        return true;
    const char *said = buf_text(&r.err);
    return err_set(e, initdb_blame(said), "initdb failed: %s",
                   initdb_last_lines(a, said, SAID_LINES));
}

bool initdb_run(const struct cluster_wish *wish, const char *data_dir, int64_t deadline_us,
                struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *argv[INITDB_ARGS_MAX] = {fs_join(a, wish->bindir, "initdb"), "-N", "--auth=trust",
                                         "--username=postgres"};
    add(a, argv, "pgdata", data_dir);
    add_locale(a, argv, wish);
    return run_initdb(wish, argv, deadline_us, e);
}

bool initdb_sync(const struct cluster_wish *wish, const char *data_dir, int64_t deadline_us,
                 struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *argv[] = {fs_join(a, wish->bindir, "initdb"), "--sync-only", "-D", data_dir, NULL};
    return run_initdb(wish, argv, deadline_us, e);
}

static void close_cleanup(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* Behind what initdb chose: the last line of a setting counts. */
bool initdb_configure(const char *data_dir, const struct vec *settings, int64_t *own_bytes,
                      struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf text = {0};
    struct stat st;
    const char *path = fs_join(a, data_dir, "postgresql.conf");
    buf_puts(&text, "\n# pg_rehearse: a server to throw away\n");
    VEC_EACH (const char *, line, settings)
        buf_printf(&text, "%s\n", *line);
    CLEANUP(close_cleanup) int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) != 0)
        return err_sys(e, "open %s", path);
    int64_t own = *own_bytes > 0 ? *own_bytes : (int64_t)st.st_size;
    if (ftruncate(fd, own) != 0)
        return err_sys(e, "cut %s", path);
    if (!fs_write_all(fd, text.p, text.n, e))
        return err_wrap(e, "%s", path);
    *own_bytes = own;
    return true;
}
