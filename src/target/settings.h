/* SPDX-License-Identifier: PostgreSQL */
/*
 * Private to this folder: settings of a disposable server, in its two lives. While the dump is
 * restored it is tuned for that, and durable in nothing; what comes later (migrations, load) runs
 * with the settings of the source, as far as they are known and this machine can bear them.
 */
#ifndef PGR_TARGET_SETTINGS_H
#define PGR_TARGET_SETTINGS_H

#include "base/vec.h"

#include <stdint.h>

struct settings_for {
    int64_t major;
    int64_t max_connections; /* at least; 0: 100 */
    int64_t jobs;            /* indexes that are built at once; 0: 1 */
    uint64_t n_objects;      /* of the dump, which one transaction may touch */
    uint64_t memory_bytes;   /* that may be used, 0: not known */
    uint64_t free_bytes;     /* where the data folder is */
    const char *socket_dir;
};

/* "name = value" (const char *), as lines of postgresql.conf. */
struct vec settings_restoring(struct arena *a, const struct settings_for *wanted);

/* The same for what comes after the restore. `like`: texts "name = value" with values as SHOW gives
 * them; those that are not in it stay at PostgreSQL's defaults. What this machine cannot bear is
 * made smaller, and told in `smaller` (const char *, "name: 8GB instead of 64GB"). */
struct settings_later {
    const struct vec *like; /* may be NULL */
    struct vec *smaller;
};
struct vec settings_like(struct arena *a, const struct settings_for *wanted,
                         const struct settings_later *later);

/* What of the machine's memory may be used now: MemAvailable of /proc/meminfo (its text; Linux,
 * Documentation/filesystems/proc.rst), and not more than a limit of the control group (its text: a
 * number, or "max"; cgroup-v2.rst). Either may be NULL; 0 when nothing is known. */
uint64_t settings_memory(const char *meminfo, const char *limit);

#endif
