/* SPDX-License-Identifier: PostgreSQL */
#include "backup/backup.h"

/* 15 of 150018; 9 of 90624, which every pg_dump we can meet still reads. */
static int64_t major_of(int64_t version_num)
{
    return version_num / 10000;
}

static const char *describe(struct arena *a, const struct vec *installations)
{
    const char *list = NULL;
    VEC_EACH (const struct installation, i, installations) {
        if (!i->dump)
            continue;
        const char *one = arena_printf(a, "%lld in %s", (long long)i->major, i->bindir);
        list = list == NULL ? one : arena_printf(a, "%s, %s", list, one);
    }
    return list == NULL ? "none" : list;
}

bool backup_pick_pg_dump(const struct vec *installations, int64_t version_num,
                         const struct installation **picked, struct err *e)
{
    int64_t wanted = major_of(version_num);
    const struct installation *best = NULL;
    VEC_EACH (const struct installation, i, installations)
        if (i->dump && i->major >= wanted && (best == NULL || i->major < best->major))
            best = i;
    if (best != NULL) {
        *picked = best;
        return true;
    }
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    return err_set(e, ERR_MISSING,
                   "no pg_dump for a server of PostgreSQL %lld: installed is %s; install the "
                   "package postgresql-client-%lld",
                   (long long)wanted, describe(a, installations), (long long)wanted);
}
