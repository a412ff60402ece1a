/* SPDX-License-Identifier: PostgreSQL */
/* A server that outlives the command that made it, because somebody asked for it. */
#ifndef PGR_RUN_KEPT_H
#define PGR_RUN_KEPT_H

#include "run/lease.h"
#include "run/run.h"

/*
 * Instead of the teardown: run->target is shut down cleanly and started again on its own, so that
 * it does not end with us, and its lease says so; record->target gets the connection string and the
 * command that removes it. Until the very end the server goes down with us, and its lease is one
 * that a reaper clears. On failure everything is undone, as the teardown does.
 */
MUST bool kept_hand_over(struct run *run, struct err *e);

/* For a shell: in single quotes where it is more than a plain word. */
const char *kept_shell_word(struct arena *a, const char *text);

/* "pg_rehearse reap --kept 01K…" as a shell takes it. */
const char *kept_removal(struct arena *a, const struct config *config, const char *name);

/* "01K… since 2026-11-23T16:00:00Z, 112 MB, running, in /var/tmp/…". */
const char *kept_describe(struct arena *a, const struct lease_facts *lease);

#endif
