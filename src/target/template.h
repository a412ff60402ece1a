/* SPDX-License-Identifier: PostgreSQL */
/*
 * Private to this folder: an empty cluster as initdb left it, kept packed in one file for the next
 * run, which has it on disk in a tenth of the time that initdb takes.
 *
 * The file is in a folder that belongs to us and that nobody else can write to; it is named after
 * all that initdb's result depends on (the programs as they lie there, the wish, time zone, C
 * library). It is written without a name and gets one when it is whole (O_TMPFILE, linkat), so that
 * neither a kill nor a second run at the same time leaves anything half. It ends with a digest
 * (XXH3-128) of all before it, which is proved before a server sees what was unpacked. One that is
 * damaged, or belongs to somebody else, is removed and made again.
 *
 * Clusters from one template have one system identifier. Nothing here can confuse them: they have
 * no replication, no archive and no network.
 */
#ifndef PGR_TARGET_TEMPLATE_H
#define PGR_TARGET_TEMPLATE_H

#include "target/target.h"

#include <stdbool.h>

struct template_file {
    struct arena *arena;
    const struct cluster_wish *wish;
    const char *path;   /* of the file */
    const char *name;   /* its last part */
    int dir_fd;         /* of its folder; -1: there is none that can be used */
    const char *unfit;  /* why there is none */
    const char *damage; /* what was wrong with the file that lay there */
    bool taken;         /* template_take made the data folder */
};

/* The template for a wish, which it keeps like the arena; its folder wish->cache_dir is made when
 * it is missing. Never fails: without a folder that is safe to use, dir_fd is -1. */
struct template_file template_open(struct arena *a, const struct cluster_wish *wish);
void template_cleanup(struct template_file *t);

/*
 * Makes the data folder from the template, as belonging to wish->account (NULL: to us). True
 * without t->taken: there is no template, or it was no good and is gone (t->damage); nothing is
 * left of the data folder then. False: no room, or a signal.
 */
MUST bool template_take(struct template_file *t, const char *data_dir, struct err *e);

/* Keeps what initdb has just made; a template that is there meanwhile stays. */
MUST bool template_keep(const struct template_file *t, const char *data_dir, struct err *e);

#endif
