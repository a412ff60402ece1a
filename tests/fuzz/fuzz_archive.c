/* SPDX-License-Identifier: PostgreSQL */
/* Archives of any bytes: they end or fail with a text, and how the bytes come changes nothing. */
#include "base/buf.h"
#include "dump/archive.h"
#include "dump/scan.h"
#include "io/filter.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SQL_BYTES_MAX = 8 << 20 };

/* Gives a few bytes at a time. */
struct drip {
    struct source base;
    const uint8_t *bytes;
    size_t n, at, most;
};

static bool drip_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct drip *d = (struct drip *)s;
    size_t left = d->n - d->at;
    (void)e;
    *got = left < n ? left : n;
    *got = *got < d->most ? *got : d->most;
    memcpy(bytes, d->bytes + d->at, *got);
    d->at += *got;
    return true;
}

static const struct source_ops drip_ops = {.name = "drip", .read = drip_read};

/* What came of it. */
struct end {
    bool ok;
    struct buf sql;
    uint64_t n_problems, members;
    struct err why;
};

static void end_cleanup(struct end *end)
{
    buf_cleanup(&end->sql);
}

static void read_all(struct source *in, size_t read_bytes, struct end *end)
{
    end->ok = true;
    for (size_t got = 1; got > 0 && end->ok;) {
        char *to = buf_reserve(&end->sql, read_bytes);
        end->ok = source_read(in, to, read_bytes, &got, &end->why);
        end->sql.n += end->ok ? got : 0;
    }
}

static struct end decode(const uint8_t *data, size_t size, size_t drip, size_t read_bytes)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct end end = {0};
    struct archive_facts facts = {0};
    struct drip below = {.base = {.ops = &drip_ops}, .bytes = data, .n = size, .most = drip};
    struct filter_limit limit = {.max_bytes = SQL_BYTES_MAX};
    bool custom = size >= 5 && memcmp(data, "PGDMP", 5) == 0;
    struct source *sql = custom ? archive_custom(a, &below.base, &facts, &end.why)
                                : archive_tar(a, &below.base, &facts, &end.why);
    CLEANUP(source_cleanup) struct source *in = filter_limit(a, sql, &limit);
    if (in == NULL)
        end.ok = facts.unknown != NULL;
    else
        read_all(in, read_bytes, &end);
    end.n_problems = facts.n_problems;
    end.members = facts.members;
    return end;
}

/* Whole it is the same; before a failure, how much could be given depends on how it came. */
static void compare(const struct end *x, const struct end *y)
{
    size_t n = x->sql.n < y->sql.n ? x->sql.n : y->sql.n;
    assert(x->ok == y->ok);
    assert(x->ok || x->why.text[0] != '\0');
    assert(n == 0 || memcmp(x->sql.p, y->sql.p, n) == 0);
    assert(!x->ok || (x->sql.n == y->sql.n && x->n_problems == y->n_problems));
    assert(!x->ok || x->members == y->members);
    (void)x;
    (void)y;
    (void)n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(end_cleanup) struct end whole = decode(data, size, size + 1, 1 << 16);
    CLEANUP(end_cleanup) struct end drops = decode(data, size, size % 7 + 1, 1 << 16);
    CLEANUP(end_cleanup) struct end sips = decode(data, size, size + 1, 100);
    compare(&whole, &drops);
    compare(&whole, &sips);
    return 0;
}
