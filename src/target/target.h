/* SPDX-License-Identifier: PostgreSQL */
/* Throw-away PostgreSQL servers, and the PostgreSQL installations of this machine. */
#ifndef PGR_TARGET_TARGET_H
#define PGR_TARGET_TARGET_H

#include "base/arena.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "base/proc.h"
#include "model/config.h"
#include "model/record.h"

#include <stdbool.h>
#include <stdint.h>

/* Finds installations (struct installation): `extra_bindir` (may be NULL),
 * /usr/lib/postgresql/N/bin, /usr/pgsql-N/bin, /usr/local/pgsql/bin, pg_config in PATH. Sorted by
 * major, each folder once; one whose programs cannot be run is left out. */
void target_find_installations(struct arena *a, const char *extra_bindir, struct vec *found);

/* What the throw-away cluster should be like. NULL and 0 mean: the default. */
struct cluster_wish {
    const char *dir;     /* an empty private folder (0700) that the caller has leased */
    const char *bindir;  /* of the installation to use */
    const char *account; /* to drop to when we are root; NULL otherwise */
    const char *encoding, *collate, *ctype, *locale_provider, *icu_locale;
    const char *cache_dir; /* for templates of empty clusters; NULL: initdb makes each one */
    int64_t max_connections;
    int64_t jobs;       /* statements that the restore executes at once: they share the memory */
    uint64_t n_objects; /* of the dump: one transaction may lock them all */
    int64_t start_timeout_us;
    struct interrupt *intr;
};

/* A running throw-away cluster. */
struct cluster {
    struct proc postmaster;
    const char *dir, *data_dir, *socket_dir, *log_path;
    const char *dsn; /* superuser, database postgres, by the socket; session.def holds in it */
    const char *account;
    struct cluster_wish wish; /* private: of bindir, account and figures only */
    int64_t major;            /* private */
    int64_t conf_bytes;       /* private: of postgresql.conf, what initdb wrote */
};

/*
 * Makes a cluster and starts it: by initdb, or from what initdb left in an earlier run with the
 * same programs and wish, which is kept in wish->cache_dir (facts->made tells); answers a query of
 * the final postmaster when it returns. Facts about it go to *facts (kind, dsn, version, settings,
 * isolation as observed: no TCP listener, socket folder mode, account; an outward connection is not
 * part of this). On failure nothing runs; files in wish->dir are the caller's. The server gets
 * SIGQUIT from the kernel when the thread that called this ends.
 *
 * ERR_MISSING: a locale that this machine does not have; the text says how to make it.
 * ERR_REFUSED: we are root and there is no other account, or the server is open to the network.
 * ERR_USAGE: the path of wish->dir is too long for a socket. ERR_CHILD: initdb or the server
 * failed; the text has the end of what they said. ERR_SPACE: they found the disk full.
 */
MUST bool cluster_start(struct arena *a, const struct cluster_wish *wish, struct cluster *c,
                        struct server_facts *facts, struct err *e);

/*
 * The restore is over: writes what it left in memory to the disk, and starts the server again with
 * the settings that migrations and load are to be measured with. On failure it does not run, and
 * cluster_start's contract for errors holds; another attempt with another `like` is possible.
 */
struct cluster_settle {
    const struct vec *like; /* of the source: texts "name = value"; NULL: PostgreSQL's defaults */
    struct vec in_use;      /* out: what catalog_settings found */
    struct vec smaller;     /* out: "name: 8GB instead of 64GB", for want of memory or room */
};
MUST bool cluster_settle(struct arena *a, struct cluster *c, struct cluster_settle *how,
                         struct err *e);

/* Immediate shutdown. True when no process of it is left. */
MUST bool cluster_stop(struct cluster *c, struct err *e);
void cluster_cleanup(struct cluster *c); /* takes a zeroed one */

/* The last lines of the server's log, for messages. */
const char *cluster_log_tail(struct arena *a, const struct cluster *c);

/*
 * Stops whatever server runs on a cluster folder (wish->dir) left by a killed run. Its processes
 * are known by their working directory being that data folder, its owner being theirs, and their
 * having no terminal; nothing else is touched. No such folder is fine. False when a process is
 * left.
 */
MUST bool cluster_kill_stale(const char *dir, struct err *e);

/* The account to drop to: `wanted` (may be NULL), else postgres, else nobody; NULL in *account when
 * we are not root. ERR_MISSING when there is no such account, ERR_REFUSED when it is root. */
MUST bool target_account(const char *wanted, const char **account, struct err *e);

/* Picks the installation for a source of `major` (0: any, the newest): the same major, else the
 * next higher; ERR_MISSING says which Debian package to install. */
MUST bool target_pick(const struct vec *installations, int64_t major,
                      const struct installation **picked, struct err *e);

/* The installation in the folder that the user named. ERR_MISSING when there is no server in it. */
MUST bool target_pick_at(const struct vec *installations, const char *bindir,
                         const struct installation **picked, struct err *e);

#endif
