/* SPDX-License-Identifier: PostgreSQL */
/*
 * Any bytes as what a web server sends: the lines of an answer's head, the body of an error, a
 * date, and an address as people give it.
 */
#include "http/s3_request.h"
#include "http/transfer.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each text ends inside its member, whatever came before it. */
static void check_facts(const struct http_facts *f)
{
    assert(strlen(f->etag) < sizeof f->etag);
    assert(strlen(f->last_modified) < sizeof f->last_modified);
    assert(strlen(f->sha256) < sizeof f->sha256);
    assert(strlen(f->checksum_type) < sizeof f->checksum_type);
    assert(strlen(f->encryption) < sizeof f->encryption);
    assert(strlen(f->customer_key) < sizeof f->customer_key);
    (void)f;
}

/* A part lies inside of the whole: nobody may go on where nothing is. */
static void check_head(const struct answer_head *head)
{
    assert(head->status >= 0 && head->status < 1000);
    assert(!head->is_part || head->part_from < head->part_total);
    check_facts(&head->facts);
}

static void read_head(struct slice text)
{
    struct answer_head head = {0};
    while (text.n > 0) {
        const char *end = memchr(text.p, '\n', text.n);
        size_t n = end == NULL ? text.n : (size_t)(end - text.p) + 1;
        answer_head_add(&head, (struct slice){text.p, n});
        check_head(&head);
        text = (struct slice){text.p + n, text.n - n};
    }
    (void)http_date_us(head.facts.last_modified);
}

static void read_error(struct arena *a, struct slice body)
{
    static const struct s3 s3 = {.region = "us-east-1", .path_style = true};
    struct s3_name name = {"b", "k"};
    struct http_request request = s3_request(a, &s3, &name, "");
    const char *says = request.explain(a, body);
    assert(says == NULL || strlen(says) <= body.n + 2);
    (void)says;
}

/* What is behind "@" may be shown, what is in front of it never. */
static void read_address(struct arena *a, const char *text)
{
    struct err e = {0};
    struct s3_name name;
    const char *shown = http_redact(a, text);
    assert(strchr(shown, '?') == NULL && strchr(shown, '#') == NULL);
    (void)shown;
    bool ok = s3_split(a, text, &name, &e);
    assert(ok ? name.bucket[0] != '\0' : e.code == ERR_USAGE);
    if (ok && s3_is_pattern(name.key))
        assert(strlen(s3_plain_key(a, name.key)) <= strlen(name.key));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice text = {arena_strndup(a, (const char *)data, size), size};
    read_head(text);
    read_error(a, text);
    read_address(a, text.p);
    return 0;
}
