/* SPDX-License-Identifier: PostgreSQL */
#include "http/s3.h"

#include "http/s3_request.h"
#include "http/sigv4.h"
#include "http/xml.h"

#include <string.h>

bool s3_split(struct arena *a, const char *url, struct s3_name *name, struct err *e)
{
    static const char scheme[] = "s3://";
    const char *bucket = str_starts(url, scheme) ? url + strlen(scheme) : "";
    size_t n = strcspn(bucket, "/");
    if (n == 0 || bucket[strspn(bucket, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        "0123456789.-_")] != bucket[n])
        return err_set(e, ERR_USAGE, "%s is no address like s3://BUCKET/KEY", url);
    *name = (struct s3_name){arena_strndup(a, bucket, n), bucket[n] == '/' ? bucket + n + 1 : ""};
    return true;
}

bool s3_is_pattern(const char *key)
{
    for (const char *c = key; *c != '\0'; c++) {
        if (*c == '\\' && c[1] != '\0')
            c++;
        else if (strchr("*?[", *c) != NULL)
            return true;
    }
    return key[0] == '\0' || str_ends(key, "/");
}

const char *s3_plain_key(struct arena *a, const char *key)
{
    char *plain = arena_strdup(a, key), *to = plain;
    for (const char *c = key; *c != '\0'; c++) {
        if (*c == '\\' && c[1] != '\0')
            c++;
        *to++ = *c;
    }
    *to = '\0';
    return plain;
}

/* "NoSuchKey: The specified key does not exist." */
static const char *explain(struct arena *a, struct slice body)
{
    const char *code = NULL, *message = NULL;
    struct err none = {0};
    struct xml_event event = {0};
    CLEANUP(xml_cleanup) struct xml x = xml_new(body);
    while (xml_next(&x, &event, &none) && event.kind != XML_END) {
        if (event.kind == XML_CLOSE && slice_eq(event.name, "Code"))
            code = arena_strdup(a, event.text);
        if (event.kind == XML_CLOSE && slice_eq(event.name, "Message"))
            message = arena_strdup(a, event.text);
    }
    if (code == NULL)
        return NULL;
    return message == NULL ? code : arena_printf(a, "%s: %s", code, message);
}

static void sign(const void *request, struct arena *a, struct vec *headers)
{
    const struct s3_request *r = request;
    char stamp[CLOCK_STAMP_BYTES];
    (void)clock_stamp(clock_wall_us(), stamp);
    struct sigv4_header lines[5] = {
        {"host", r->host},
        {"x-amz-checksum-mode", "ENABLED"},
        {"x-amz-content-sha256", sigv4_no_payload},
        {"x-amz-date", stamp},
        {"x-amz-security-token", r->s3->session_token},
    };
    size_t n = r->s3->session_token == NULL ? COUNT_OF(lines) - 1 : COUNT_OF(lines);
    for (size_t i = 0; i < n; i++)
        *(const char **)vec_push(headers) =
            arena_printf(a, "%s: %s", lines[i].name, lines[i].value);
    if (r->s3->access_key == NULL)
        return;
    struct sigv4_keys keys = {r->s3->access_key, r->s3->secret_key, r->s3->region};
    struct sigv4_request what = {r->path, r->query, lines, n, sigv4_no_payload};
    *(const char **)vec_push(headers) =
        arena_printf(a, "Authorization: %s", sigv4_authorization(a, &keys, &what, stamp));
}

struct http_request s3_request(struct arena *a, const struct s3 *s3, const struct s3_name *name,
                               const char *query)
{
    const char *endpoint = s3->endpoint != NULL
                               ? s3->endpoint
                               : arena_printf(a, "https://s3.%s.amazonaws.com", s3->region);
    const char *colon = strstr(endpoint, "://");
    const char *at = colon == NULL ? endpoint : colon + 3;
    const char *scheme =
        colon == NULL ? "https://" : arena_strndup(a, endpoint, (size_t)(at - endpoint));
    const char *base = arena_strndup(a, at, strcspn(at, "/"));
    const char *key = sigv4_encode(a, name->key, true);
    struct s3_request *r = ARENA_NEW(a, struct s3_request);
    *r = (struct s3_request){
        .s3 = s3,
        .host = s3->path_style ? base : arena_printf(a, "%s.%s", name->bucket, base),
        .path = s3->path_style ? arena_printf(a, "/%s/%s", name->bucket, key)
                               : arena_printf(a, "/%s", key),
        .query = query,
    };
    return (struct http_request){
        .url = arena_printf(a, "%s%s%s%s%s", scheme, r->host, r->path, query[0] == '\0' ? "" : "?",
                            query),
        .shown = arena_printf(a, "s3://%s/%s", name->bucket, name->key),
        .options = s3->http,
        .headers = sign,
        .explain = explain,
        .context = r,
    };
}

struct source *s3_get(struct arena *a, const struct s3 *s3, const struct s3_name *name,
                      struct http_facts *facts, struct err *e)
{
    struct http_request request = s3_request(a, s3, name, "");
    return http_get(a, &request, facts, e);
}
