/* SPDX-License-Identifier: PostgreSQL */
#include "pg/cancel.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* What the thread needs; it frees it. */
struct request {
    PGcancel *cancel;
    int done_fd;
};

static void request_free(struct request *r)
{
    PQfreeCancel(r->cancel);
    if (r->done_fd >= 0)
        (void)close(r->done_fd); /* makes the other end readable */
    free(r);
}

static void *carry_out(void *context)
{
    struct request *r = context;
    char text[256];
    (void)PQcancel(r->cancel, text, sizeof text);
    request_free(r);
    return NULL;
}

static bool start_thread(struct request *r)
{
    pthread_attr_t detached;
    pthread_t thread;
    if (pthread_attr_init(&detached) != 0)
        return false;
    (void)pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    int status = pthread_create(&thread, &detached, carry_out, r);
    (void)pthread_attr_destroy(&detached);
    return status == 0;
}

int pg_cancel_start(PGconn *conn)
{
    int ends[2] = {-1, -1};
    struct request *r = malloc(sizeof *r);
    if (r == NULL)
        return -1;
    *r = (struct request){.cancel = PQgetCancel(conn), .done_fd = -1};
    if (r->cancel == NULL || pipe2(ends, O_CLOEXEC) != 0) {
        request_free(r);
        return -1;
    }
    r->done_fd = ends[1];
    if (!start_thread(r)) {
        request_free(r);
        (void)close(ends[0]);
        return -1;
    }
    return ends[0];
}
