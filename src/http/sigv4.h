/* SPDX-License-Identifier: PostgreSQL */
/*
 * AWS Signature Version 4 ("Signature Calculations for the Authorization Header", Amazon S3 API
 * Reference). Our own, since libcurl 7.88 signs the query unsorted and the path encoded its own
 * way.
 */
#ifndef PGR_HTTP_SIGV4_H
#define PGR_HTTP_SIGV4_H

#include "base/arena.h"
#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>

struct sigv4_keys {
    const char *access, *secret, *region;
};

struct sigv4_header {
    const char *name, *value; /* name in lower case, value without blanks around it */
};

struct sigv4_request {
    const char *path;                   /* encoded, as it is sent */
    const char *query;                  /* encoded, sorted, as it is sent; "" without one */
    const struct sigv4_header *headers; /* sorted by name */
    size_t n_headers;
    const char *payload; /* SHA-256 of the body in hex */
};

/* SHA-256 of nothing. */
extern const char sigv4_no_payload[];

/* Value of the header Authorization of a GET at `stamp` ("20130524T000000Z", as clock_stamp). */
const char *sigv4_authorization(struct arena *a, const struct sigv4_keys *keys,
                                const struct sigv4_request *request,
                                const char stamp[CLOCK_STAMP_BYTES]);

/* RFC 3986 with the unreserved characters left alone, and "/" too when it separates. */
const char *sigv4_encode(struct arena *a, const char *text, bool keep_slash);

#endif
