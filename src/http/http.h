/* SPDX-License-Identifier: PostgreSQL */
/*
 * GET over HTTP as a source of bytes (RFC 9110), by libcurl.
 *
 * A connection that drops is taken up again where it broke off: Range with If-Range, and only when
 * the answer proves that it is a part of the same object (206, Content-Range, the same ETag or
 * Last-Modified). Otherwise the read fails: two objects are never mixed.
 */
#ifndef PGR_HTTP_HTTP_H
#define PGR_HTTP_HTTP_H

#include "base/arena.h"
#include "base/interrupt.h"
#include "base/str.h"
#include "base/vec.h"
#include "io/source.h"

#include <stdbool.h>
#include <stdint.h>

struct http_options {
    const char *ca_file; /* PEM certificates to trust instead of the system's; NULL: the system's */
    int64_t connect_us;  /* longest wait for a connection; 0: HTTP_CONNECT_US */
    int64_t stall_us;    /* longest wait without a byte; 0: HTTP_STALL_US */
    int64_t backoff_us; /* before the first retry, doubled for each later one; 0: HTTP_BACKOFF_US */
    struct interrupt *intr; /* or NULL */
};
enum {
    HTTP_CONNECT_US = 30000000,
    HTTP_STALL_US = 60000000,
    HTTP_BACKOFF_US = 250000,
    HTTP_RETRIES_MAX = 5,  /* in a row, without a byte in between */
    HTTP_DROPS_MAX = 1000, /* in all */
    HTTP_REDIRECTS_MAX = 5,
};

struct http_request {
    const char *url;   /* http:// or https:// */
    const char *shown; /* for messages: see http_redact */
    bool redirects;    /* may be followed; https never leads to http */
    struct http_options options;
    /* Adds "Name: value" (const char *) for one attempt, since a signature carries its time. NULL:
     * nothing to add. */
    void (*headers)(const void *context, struct arena *a, struct vec *headers);
    /* What the body of an error answer says, in the arena, or NULL. NULL: bodies say nothing. */
    const char *(*explain)(struct arena *a, struct slice body);
    const void *context;
};

/* What the server said about the object; empty texts where it said nothing. */
struct http_facts {
    uint64_t length; /* of the object, when length_known */
    bool length_known;
    bool framed;            /* an end of the connection is told from the end of the object */
    char etag[128];         /* with its quotes */
    char last_modified[64]; /* RFC 9110, 8.8.2 */
    char sha256[128];       /* x-amz-checksum-sha256 */
    char checksum_type[32]; /* x-amz-checksum-type */
    char encryption[64];    /* x-amz-server-side-encryption */
    char customer_key[64];  /* x-amz-server-side-encryption-customer-algorithm */
    unsigned resumed;       /* how often the transfer was taken up again */
};

/*
 * Opens: the answer's head was read and is a success when it returns. `facts` must live as long as
 * the source. NULL with ERR_MISSING (404, 410), ERR_REFUSED (401, 403, a redirect that must not be
 * followed), ERR_CONNECT (no name, no connection, no trust, other answers), ERR_TIMEOUT,
 * ERR_INTERRUPTED. After the return it needs nothing of `a` to grow: it may be read on another
 * thread.
 */
struct source *http_get(struct arena *a, const struct http_request *request,
                        struct http_facts *facts, struct err *e);

/* A whole body of at most `max` bytes (more is ERR_LIMIT), NUL-terminated, in the arena. */
MUST bool http_get_small(struct arena *a, const struct http_request *request, size_t max,
                         struct slice *body, struct err *e);

/* The URL without user, password, query and fragment. "(no URL)" when it is none. */
const char *http_redact(struct arena *a, const char *url);

/* Wall time of an HTTP date; 0 when it is none. */
int64_t http_date_us(const char *text);

#endif
