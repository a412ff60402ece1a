/* SPDX-License-Identifier: PostgreSQL */
#include "migrate/folder.h"

#include "base/fs.h"

#include <stdlib.h>
#include <string.h>

int migration_version_cmp(const char *a, const char *b)
{
    a += strspn(a, "0");
    b += strspn(b, "0");
    size_t n = strlen(a), m = strlen(b);
    if (n != m)
        return n < m ? -1 : 1;
    return strcmp(a, b);
}

static int by_version(const void *a, const void *b)
{
    return migration_version_cmp(((const struct migration *)a)->version,
                                 ((const struct migration *)b)->version);
}

/* "20261120_status.up.sql": version, name; false when the name is not of this form. */
static bool take_apart(struct arena *a, const char *file, struct migration *m)
{
    size_t digits = strspn(file, "0123456789");
    const char *suffix = str_ends(file, ".up.sql")     ? ".up.sql"
                         : str_ends(file, ".down.sql") ? ".down.sql"
                                                       : ".sql";
    size_t end = strlen(file) - strlen(suffix);
    if (digits == 0 || file[digits] != '_' || end <= digits + 1)
        return false;
    m->version = arena_strndup(a, file, digits);
    m->name = arena_strndup(a, file + digits + 1, end - digits - 1);
    m->file = file;
    return true;
}

/* Looks at the comment and blank lines that the file begins with. */
static bool asks_for_no_transaction(struct slice text)
{
    static const char wish[] = "-- pg_rehearse: no-transaction";
    const char *p = text.p, *end = text.p + text.n;
    while (p < end && (*p == '\n' || *p == '\r' || strncmp(p, "--", 2) == 0)) {
        size_t n = strcspn(p, "\r\n");
        if (strncmp(p, wish, strlen(wish)) == 0 &&
            strspn(p + strlen(wish), " \t") == n - strlen(wish))
            return true;
        p += n;
        p += p < end;
    }
    return false;
}

static bool read_one(struct arena *a, const char *dir, struct migration *m, struct err *e)
{
    m->path = fs_join(a, dir, m->file);
    if (!fs_read_file(a, m->path, MIGRATION_BYTES_MAX, &m->text, e))
        return err_wrap(e, "migration");
    if (memchr(m->text.p, '\0', m->text.n) != NULL)
        return err_set(e, ERR_USAGE, "migration %s holds a zero byte", m->path);
    m->no_transaction = asks_for_no_transaction(m->text);
    struct sha256 digest = {0};
    sha256_begin(&digest);
    sha256_add(&digest, m->text.p, m->text.n);
    sha256_end(&digest, m->sha256);
    return true;
}

static bool add_file(struct arena *a, const char *dir, const char *file, struct vec *found,
                     struct err *e)
{
    struct migration m = {0};
    if (!take_apart(a, file, &m))
        return err_set(e, ERR_USAGE,
                       "migration %s/%s: the name must be VERSION_name.sql, the version digits "
                       "only",
                       dir, file);
    if (!read_one(a, dir, &m, e))
        return false;
    *(struct migration *)vec_push(found) = m;
    return true;
}

/* Marks the migration that a down file belongs to; one without an up file is a slip. */
static bool note_down(struct arena *a, const char *dir, const char *file, struct vec *found,
                      struct err *e)
{
    struct migration down = {0};
    bool named = take_apart(a, file, &down);
    VEC_EACH (struct migration, m, found)
        if (named && migration_version_cmp(m->version, down.version) == 0) {
            m->has_down = true;
            return true;
        }
    return err_set(e, ERR_USAGE, "migration %s/%s: there is no file that it would undo", dir, file);
}

static bool check_versions(const char *dir, const struct vec *found, struct err *e)
{
    for (size_t i = 1; i < found->n; i++) {
        const struct migration *one = vec_at(found, i - 1), *next = vec_at(found, i);
        if (by_version(one, next) == 0)
            return err_set(e, ERR_USAGE, "migrations %s/%s and %s have the same version", dir,
                           one->file, next->file);
    }
    return true;
}

bool migration_folder(struct arena *a, const char *dir, struct vec *migrations, struct err *e)
{
    struct vec names, found = vec_new(a, sizeof(struct migration));
    if (!fs_is_dir(dir))
        return err_set(e, ERR_USAGE, "migrate.dir %s is no folder", dir);
    if (!fs_list(a, dir, &names, e))
        return err_wrap(e, "migrate.dir");
    VEC_EACH (const char *const, name, &names)
        if (**name != '.' && str_ends(*name, ".sql") && !str_ends(*name, ".down.sql") &&
            !add_file(a, dir, *name, &found, e))
            return false;
    VEC_EACH (const char *const, name, &names)
        if (**name != '.' && str_ends(*name, ".down.sql") && !note_down(a, dir, *name, &found, e))
            return false;
    if (found.n > 1)
        qsort(found.items, found.n, sizeof(struct migration), by_version);
    if (!check_versions(dir, &found, e))
        return false;
    *migrations = found;
    return true;
}
