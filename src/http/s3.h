/* SPDX-License-Identifier: PostgreSQL */
/* Objects of an S3 server (Amazon S3 API Reference: GetObject, ListObjectsV2). */
#ifndef PGR_HTTP_S3_H
#define PGR_HTTP_S3_H

#include "http/http.h"

#include <stdbool.h>
#include <stdint.h>

struct s3 {
    const char *endpoint; /* "https://host[:port]"; NULL: Amazon's of the region */
    const char *region;
    const char *access_key, *secret_key; /* NULL: requests are not signed */
    const char *session_token;           /* or NULL */
    bool path_style;                     /* /BUCKET/KEY instead of BUCKET.host/KEY */
    struct http_options http;
};

struct s3_name {
    const char *bucket;
    const char *key; /* or a prefix that ends with "/", or a pattern */
};

/* Splits "s3://BUCKET/KEY"; ERR_USAGE when it is none. */
MUST bool s3_split(struct arena *a, const char *url, struct s3_name *name, struct err *e);

/* Does the key stand for the newest of several: ends with "/", is empty, or holds one of * ? [
 * without a backslash before it? */
bool s3_is_pattern(const char *key);

/* The key without its backslashes. */
const char *s3_plain_key(struct arena *a, const char *key);

/* The object as a source; as http_get. `s3` must live as long as the source. */
struct source *s3_get(struct arena *a, const struct s3 *s3, const struct s3_name *name,
                      struct http_facts *facts, struct err *e);

struct s3_found {
    const char *key;
    int64_t modified_us; /* wall time */
    uint64_t size_bytes;
    uint64_t n_match; /* how many there were to choose from */
};

/*
 * The newest object that matches; of equally old ones the last by name. In a pattern * and ? stop
 * at "/", as in a shell; a prefix takes everything below it. Keys that end with "/" and files that
 * go with backups (digests, manifests, signatures) do not count. ERR_MISSING when there is none,
 * ERR_REFUSED beyond S3_PAGES_MAX pages.
 */
MUST bool s3_newest(struct arena *a, const struct s3 *s3, const struct s3_name *name,
                    struct s3_found *found, struct err *e);
enum { S3_PAGES_MAX = 1000 };

#endif
