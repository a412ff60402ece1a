/* SPDX-License-Identifier: PostgreSQL */
/*
 * An HTTP server on loopback that gives the answers of a script, one connection each, whatever it
 * is asked, and keeps the requests. For what no real server would do on demand.
 */
#ifndef PGR_LIB_ANSWERS_H
#define PGR_LIB_ANSWERS_H

#include "base/str.h"

#include <pthread.h>
#include <stdbool.h>

enum { ANSWERS_MAX = 16, ANSWER_REQUEST_BYTES = 4096 };

struct answer_line {
    const char
        *head; /* status line and headers, each with "\r\n", without the empty line; "": none */
    struct slice body; /* sent behind it; then the connection is closed */
    bool stall;        /* instead of closing, wait until the client goes away */
};

struct answers {
    const struct answer_line *script;
    size_t n, asked;
    char requests[ANSWERS_MAX][ANSWER_REQUEST_BYTES];
    char url[64]; /* http://127.0.0.1:PORT */
    int fd;
    pthread_t thread;
};

/* Starts it; further connections than the script has lines are closed at once. */
void answers_start(struct answers *s, const struct answer_line *script, size_t n);
void answers_stop(struct answers *s);

#endif
