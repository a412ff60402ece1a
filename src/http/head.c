/* SPDX-License-Identifier: PostgreSQL */
#include "http/transfer.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Headers that are kept as text. */
struct kept {
    const char *name;
    size_t at, size;
};
#define KEPT(name, member)                                                                         \
    {                                                                                              \
        name, offsetof(struct http_facts, member), sizeof((struct http_facts){0}).member           \
    }
static const struct kept kept[] = {
    KEPT("etag", etag),
    KEPT("last-modified", last_modified),
    KEPT("x-amz-checksum-sha256", sha256),
    KEPT("x-amz-checksum-type", checksum_type),
    KEPT("x-amz-server-side-encryption", encryption),
    KEPT("x-amz-server-side-encryption-customer-algorithm", customer_key),
};

static bool is_name(struct slice s, const char *name)
{
    return s.n == strlen(name) && strncasecmp(s.p, name, s.n) == 0;
}

static struct slice trimmed(struct slice s)
{
    while (s.n > 0 && isspace((unsigned char)s.p[0]))
        s = (struct slice){s.p + 1, s.n - 1};
    while (s.n > 0 && isspace((unsigned char)s.p[s.n - 1]))
        s.n--;
    return s;
}

/* Digits at the beginning, which are cut off; false when there are none or too many. */
static bool take_number(struct slice *s, uint64_t *number)
{
    size_t n = 0;
    uint64_t value = 0;
    for (; n < s->n && isdigit((unsigned char)s->p[n]); n++)
        if (__builtin_mul_overflow(value, 10U, &value) ||
            __builtin_add_overflow(value, (uint64_t)(s->p[n] - '0'), &value))
            return false;
    *s = (struct slice){s->p + n, s->n - n};
    *number = value;
    return n > 0;
}

static bool take_text(struct slice *s, const char *text)
{
    size_t n = strlen(text);
    if (s->n < n || strncasecmp(s->p, text, n) != 0)
        return false;
    *s = (struct slice){s->p + n, s->n - n};
    return true;
}

/* "HTTP/1.1 206 Partial Content" begins the head anew: interim answers and redirects precede. */
static void status_line(struct answer_head *head, struct slice line)
{
    uint64_t status = 0;
    const char *blank = memchr(line.p, ' ', line.n);
    *head = (struct answer_head){0};
    if (blank == NULL)
        return;
    struct slice rest = trimmed((struct slice){blank, line.n - (size_t)(blank - line.p)});
    if (take_number(&rest, &status) && status < 1000)
        head->status = (long)status;
}

/* RFC 9110, 14.4: "bytes 10-99/100". An unknown total is not enough for us, and a part that lies
 * outside of the whole is none. */
static void content_range(struct answer_head *head, struct slice value)
{
    uint64_t last;
    head->is_part = take_text(&value, "bytes ") && take_number(&value, &head->part_from) &&
                    take_text(&value, "-") && take_number(&value, &last) &&
                    take_text(&value, "/") && take_number(&value, &head->part_total) &&
                    value.n == 0 && head->part_from <= last && last < head->part_total &&
                    last + 1 == head->part_total;
}

static void keep(struct answer_head *head, struct slice name, struct slice value)
{
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        if (!is_name(name, kept[i].name) || value.n >= kept[i].size)
            continue;
        char *to = (char *)&head->facts + kept[i].at;
        memcpy(to, value.p, value.n);
        to[value.n] = '\0';
    }
}

void answer_head_add(struct answer_head *head, struct slice line)
{
    struct slice rest = line;
    if (take_text(&rest, "HTTP/")) {
        status_line(head, line);
        return;
    }
    const char *colon = memchr(line.p, ':', line.n);
    if (colon == NULL)
        return;
    struct slice name = {line.p, (size_t)(colon - line.p)};
    struct slice value = trimmed((struct slice){colon + 1, line.n - name.n - 1});
    keep(head, name, value);
    if (is_name(name, "content-length"))
        head->facts.length_known = take_number(&value, &head->facts.length) && value.n == 0;
    if (is_name(name, "transfer-encoding"))
        head->chunked = is_name(value, "chunked");
    if (is_name(name, "content-range"))
        content_range(head, value);
}
