/* SPDX-License-Identifier: PostgreSQL */
/*
 * Real servers on loopback for tests: nginx, an S3 server (s3rver), and a go-between that hangs up
 * in the middle. Each listens on a free port, and is stopped by its pid.
 */
#ifndef PGR_LIB_SERVERS_H
#define PGR_LIB_SERVERS_H

#include "base/proc.h"
#include "lib/program.h"

#include <pthread.h>
#include <stdbool.h>

struct server {
    struct proc proc;
    int port;
    const char *url;  /* http://127.0.0.1:PORT */
    const char *root; /* folder of what it serves */
};

/* nginx on a folder of the room; `more` is put into its server block. False: not installed, the
 * test is marked as skipped. */
bool server_nginx(struct server *s, struct room *room, const char *name, const char *more);

/* s3rver with an empty bucket "backups"; False: not installed, the test is marked as skipped. It
 * knows the keys S3RVER/S3RVER; it looks at the access key, not at signatures. */
bool server_s3(struct server *s, struct room *room);

/* Puts an object that was modified `age_s` seconds ago. */
void server_s3_put(const struct server *s, struct room *room, const char *key, const char *path,
                   int64_t age_s);

void server_stop(struct server *s); /* takes a zeroed one */

/* Hands connections on to `ports[0]`, and hangs up on each after `cut_bytes` of the answer,
 * `n_cuts` times; after that to `ports[1]`, without hanging up. */
struct cutter {
    int fd, ports[2];
    const char *url;
    size_t cut_bytes, n_cuts, n_cut;
    pthread_t thread;
};
void cutter_start(struct cutter *c, struct room *room);
void cutter_stop(struct cutter *c);

#endif
