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

/* One page of a listing: takes every object to `found` that matches; *token is that of the next
 * page, NULL at the end. ERR_FORMAT when it is no sound page. */
MUST bool s3_take_page(struct arena *a, struct slice page, const char *pattern,
                       struct s3_found *found, const char **token, struct err *e);

#endif
