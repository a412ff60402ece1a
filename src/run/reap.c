/* SPDX-License-Identifier: PostgreSQL */
/* Reap: what killed runs left is cleared, on request. */
#include "base/fs.h"
#include "base/log.h"
#include "base/str.h"
#include "run/run.h"

#include <stdio.h>

static bool say_reaped(const struct reaped *r)
{
    if (r->cleared)
        (void)printf("removed  %s\n", r->folder);
    else
        (void)printf("FAILED   %s: %s\n", r->folder, r->why_not);
    return r->cleared;
}

int run_reap(struct arena *a, const struct config *config)
{
    const char *state_dir;
    struct vec reaped;
    size_t n_alive;
    struct err e = {0};
    bool clean = true;
    if (!lease_state_dir(a, config->state_dir, &state_dir, &e) ||
        !lease_reap(a, state_dir, &reaped, &n_alive, &e)) {
        log_line(LOG_ERROR, "%s", e.text);
        return err_exit_status(e.code);
    }
    const char *cache_dir = run_cache_dir(a, config);
    VEC_EACH (const struct reaped, r, &reaped)
        clean = say_reaped(r) && clean;
    if (n_alive > 0 && !config->quiet)
        (void)printf("%zu folder%s of a run that is still going on: left alone\n", n_alive,
                     n_alive == 1 ? "" : "s");
    if (reaped.n == 0 && !config->quiet)
        (void)printf("nothing to remove in %s\n", state_dir);
    if (cache_dir != NULL && fs_is_dir(cache_dir) && !config->quiet)
        (void)printf(
            "templates of empty servers are kept in %s, which can be deleted at any time\n",
            cache_dir);
    return clean ? 0 : err_exit_status(ERR_SYSTEM);
}
