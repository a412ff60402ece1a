/* SPDX-License-Identifier: PostgreSQL */
/* Reap: what killed runs left is cleared, and the kept server that is named. */
#include "base/fs.h"
#include "base/log.h"
#include "base/str.h"
#include "run/kept.h"

#include <stdio.h>

static bool say_reaped(const struct reaped *r)
{
    if (r->cleared)
        (void)printf("removed  %s\n", r->folder);
    else
        (void)printf("FAILED   %s: %s\n", r->folder, r->why_not);
    return r->cleared;
}

static int failed(const struct err *e)
{
    log_line(LOG_ERROR, "%s", e->text);
    return err_exit_status(e->code);
}

/* A line for what is there. */
static void say_lease(struct arena *a, const struct config *config, const struct lease_facts *l)
{
    switch (l->state) {
    case LEASE_ALIVE:
        (void)printf("alive    %s, of a run that is still going on\n", l->folder);
        return;
    case LEASE_STALE:
        (void)printf("left     %s, by a run that was killed; remove it: %s reap\n", l->folder,
                     "pg_rehearse");
        return;
    case LEASE_KEPT:
        (void)printf("kept     %s; remove it: %s\n", kept_describe(a, l),
                     kept_removal(a, config, l->name));
        return;
    }
}

static int list(struct arena *a, const struct config *config, const char *state_dir)
{
    struct vec leases;
    struct err e = {0};
    if (!lease_list(a, state_dir, &leases, &e))
        return failed(&e);
    VEC_EACH (const struct lease_facts, l, &leases)
        say_lease(a, config, l);
    if (leases.n == 0 && !config->quiet)
        (void)printf("nothing is leased in %s\n", state_dir);
    return 0;
}

/* Is there a kept server of that name? */
static bool name_is_known(const struct vec *leases, const char *name, struct err *e)
{
    VEC_EACH (const struct lease_facts, l, leases)
        if (l->state == LEASE_KEPT && str_eq(l->name, name))
            return true;
    return name == NULL || str_eq(name, LEASE_ALL) ||
           err_set(e, ERR_USAGE, "no server is kept by the name %s; see pg_rehearse reap --list",
                   name);
}

/* What is left alone. */
static void say_others(struct arena *a, const struct config *config, const char *state_dir)
{
    struct vec leases;
    struct err none;
    size_t n_alive = 0;
    if (config->quiet || !lease_list(a, state_dir, &leases, &none))
        return;
    VEC_EACH (const struct lease_facts, l, &leases) {
        n_alive += l->state == LEASE_ALIVE;
        if (l->state == LEASE_KEPT)
            say_lease(a, config, l);
    }
    if (n_alive > 0)
        (void)printf("%zu folder%s of a run that is still going on: left alone\n", n_alive,
                     n_alive == 1 ? "" : "s");
}

int run_reap(struct arena *a, const struct config *config)
{
    const char *state_dir;
    struct vec leases, reaped;
    struct err e = {0};
    bool clean = true;
    if (!lease_state_dir(a, config->state_dir, &state_dir, &e))
        return failed(&e);
    if (config->reap_list)
        return list(a, config, state_dir);
    if (!lease_list(a, state_dir, &leases, &e) || !name_is_known(&leases, config->reap_kept, &e) ||
        !lease_reap(a, state_dir, config->reap_kept, &reaped, &e))
        return failed(&e);
    VEC_EACH (const struct reaped, r, &reaped)
        clean = say_reaped(r) && clean;
    if (reaped.n == 0 && !config->quiet)
        (void)printf("nothing to remove in %s\n", state_dir);
    say_others(a, config, state_dir);
    const char *cache_dir = run_cache_dir(a, config);
    if (cache_dir != NULL && fs_is_dir(cache_dir) && !config->quiet)
        (void)printf(
            "templates of empty servers are kept in %s, which can be deleted at any time\n",
            cache_dir);
    return clean ? 0 : err_exit_status(ERR_SYSTEM);
}
