/* SPDX-License-Identifier: PostgreSQL */
/* A signed request to an S3 server. */
#ifndef PGR_HTTP_S3_REQUEST_H
#define PGR_HTTP_S3_REQUEST_H

#include "http/s3.h"

/* What a signature covers. */
struct s3_request {
    const struct s3 *s3;
    const char *host, *path, *query;
};

/* `query` is encoded and sorted, "" without one. Everything is in the arena. */
struct http_request s3_request(struct arena *a, const struct s3 *s3, const struct s3_name *name,
                               const char *query);

/* What the pages so far have shown. */
struct s3_listing {
    const char *pattern;
    struct s3_found found; /* the newest that matches; no key: none does */
    const char *token;     /* of the next page; NULL: there is none */
};

/* Takes one page. ERR_FORMAT when it is no sound one. */
MUST bool s3_take_page(struct arena *a, struct slice page, struct s3_listing *l, struct err *e);

#endif
