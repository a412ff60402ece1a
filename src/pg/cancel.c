/* SPDX-License-Identifier: PostgreSQL */
#include "pg/cancel.h"

#include <pthread.h>

static void *cancel(void *context)
{
    PGcancel *request = context;
    char text[256];
    (void)PQcancel(request, text, sizeof text);
    PQfreeCancel(request);
    return NULL;
}

void pg_cancel_start(PGconn *conn)
{
    PGcancel *request = PQgetCancel(conn);
    pthread_attr_t detached;
    if (request == NULL || pthread_attr_init(&detached) != 0) {
        PQfreeCancel(request);
        return;
    }
    pthread_t thread;
    (void)pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &detached, cancel, request) != 0)
        PQfreeCancel(request);
    (void)pthread_attr_destroy(&detached);
}
