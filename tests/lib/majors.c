/* SPDX-License-Identifier: PostgreSQL */
#include "lib/majors.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/proc.h"
#include "base/str.h"
#include "lib/cluster.h"

#include <check.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRIPT_MAX = 1 << 20, COPY_SECONDS = 60 };

const int64_t majors[MAJORS] = {13, 17, 18};

/* May everybody go through all folders of the path? */
static bool is_open_to_all(struct arena *a, const char *path)
{
    struct stat st;
    char *part = arena_strdup(a, path);
    for (char *slash = strrchr(part, '/'); slash != part; slash = strrchr(part, '/')) {
        if (stat(part, &st) != 0 || (st.st_mode & S_IXOTH) == 0)
            return false;
        *slash = '\0';
    }
    return true;
}

/* A copy where the account of servers can reach it. */
static const char *copy_of(struct arena *a, const char *path)
{
    struct err e = {0};
    const char *folder = test_cluster_folder();
    const char *const argv[] = {"cp", "-a", path, folder, NULL};
    const struct spawn how = {.argv = argv};
    CLEANUP(proc_result_cleanup) struct proc_result r = {0};
    ck_assert_int_eq(chmod(folder, 0711), 0);
    bool ok = proc_run(&how, clock_mono_us() + COPY_SECONDS * CLOCK_SECOND_US, NULL, &r, &e);
    ck_assert_msg(ok && r.status == 0, "copy %s: %s %s", path, e.text, buf_text(&r.err));
    return fs_join(a, folder, strrchr(path, '/') + 1);
}

const char *major_bindir(struct arena *a, int64_t major)
{
    const char *name = arena_printf(a, "build/majors/%lld", (long long)major);
    char *real = realpath(name, NULL);
    if (real == NULL)
        return NULL;
    const char *path = arena_strdup(a, real);
    free(real);
    if (geteuid() == 0 && !is_open_to_all(a, path))
        path = copy_of(a, path);
    return fs_join(a, path, "bin");
}

/* Of the part that the line begins, 0: it begins none. */
static int64_t begins(const char *line)
{
    static const char head[] = "-- from ";
    return str_starts(line, head) ? strtol(line + strlen(head), NULL, 10) : 0;
}

const char *major_script(struct arena *a, const char *path, int64_t major)
{
    struct err e = {0};
    struct slice text;
    CLEANUP(buf_cleanup) struct buf out = {0};
    ck_assert_msg(fs_read_file(a, path, SCRIPT_MAX, &text, &e), "%s", e.text);
    char *rest = arena_strndup(a, text.p, text.n), *line;
    int64_t from = 0;
    while ((line = strsep(&rest, "\n")) != NULL) {
        from = begins(line) > 0 ? begins(line) : from;
        if (from > major)
            continue;
        buf_puts(&out, line);
        buf_putc(&out, '\n');
    }
    return arena_strdup(a, buf_text(&out));
}
