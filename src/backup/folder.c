/* SPDX-License-Identifier: PostgreSQL */
#include "backup/folder.h"

#include "base/buf.h"
#include "base/fs.h"
#include "base/vec.h"
#include "dump/archive_directory.h"
#include "dump/sniff.h"
#include "io/source.h"

#include <sys/stat.h>

enum { DUMPS_TOLD_MAX = 20, LOOKED_AT_MAX = 1000 };

static bool is_physical(const char *path, const char **what)
{
    static const char *const names[] = {"PG_VERSION", "backup_label", "backup_manifest"};
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (fs_exists(fs_join(a, path, *what = names[i])))
            return true;
    return false;
}

/* What cannot be read is none: the message is about others. */
static bool could_be_a_dump(struct arena *a, const char *path)
{
    char bytes[SNIFF_BYTES];
    struct sniff_head head = {.text = {bytes, 0}};
    struct err ignored;
    CLEANUP(source_cleanup) struct source *in = source_file(a, path, &ignored);
    if (in == NULL || !source_read_full(in, bytes, sizeof bytes, &head.text.n, &ignored))
        return false;
    head.whole = head.text.n < sizeof bytes;
    return sniff(&head)->kind != SNIFF_FOREIGN && !sniff_is_companion(path);
}

static bool refuse_dumps(struct arena *a, const char *path, const struct vec *names, struct err *e)
{
    CLEANUP(buf_cleanup) struct buf list = {0};
    struct stat st;
    size_t n = 0, looked_at = 0;
    VEC_EACH (const char *const, name, names) {
        const char *file = fs_join(a, path, *name);
        if (stat(file, &st) != 0 || !S_ISREG(st.st_mode) || looked_at++ == LOOKED_AT_MAX ||
            !could_be_a_dump(a, file))
            continue;
        if (n++ < DUMPS_TOLD_MAX)
            buf_printf(&list, "%s%s (%s)", list.n == 0 ? "" : ", ", *name,
                       str_bytes(a, (uint64_t)st.st_size));
    }
    if (n == 0)
        return err_set(e, ERR_USAGE,
                       "backup %s is a folder, not a file, and no directory archive of pg_dump: it "
                       "has no toc.dat",
                       path);
    if (n > DUMPS_TOLD_MAX)
        buf_printf(&list, " and %zu more", n - DUMPS_TOLD_MAX);
    return err_set(e, ERR_REFUSED, "backup %s is a folder with %s: %s; name the one that is meant",
                   path, str_number_of(a, (int64_t)n, "dump", "dumps"), buf_text(&list));
}

bool folder_measure(const char *path, uint64_t *bytes, struct err *e)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct vec names;
    struct stat st;
    const char *what;
    bool is_archive = false;
    *bytes = 0;
    if (!fs_list(a, path, &names, e))
        return err_wrap(e, "backup %s", path);
    VEC_EACH (const char *const, name, &names) {
        is_archive = is_archive || archive_directory_has(*name);
        if (stat(fs_join(a, path, *name), &st) == 0 && S_ISREG(st.st_mode))
            *bytes += (uint64_t)st.st_size;
    }
    if (!is_archive && is_physical(path, &what))
        return err_set(e, ERR_REFUSED,
                       "backup %s is a physical backup (%s), which has no SQL; prove it with "
                       "pg_verifybackup and a start of a server on it",
                       path, what);
    return is_archive || refuse_dumps(a, path, &names, e);
}
