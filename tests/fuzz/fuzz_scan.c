/* SPDX-License-Identifier: PostgreSQL */
/* The scan of plain SQL: read whole and byte by byte it finds the same, and never more than there
 * is. */
#include "dump/scan.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A source that gives a few bytes at a time. */
struct slow_link {
    struct source base;
    const uint8_t *bytes;
    size_t n, at, piece;
};

static bool slow_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct slow_link *l = (struct slow_link *)s;
    (void)e;
    *got = l->n - l->at;
    if (*got > l->piece)
        *got = l->piece;
    if (*got > n)
        *got = n;
    if (*got > 0)
        memcpy(bytes, l->bytes + l->at, *got);
    l->at += *got;
    return true;
}

static const struct source_ops slow_ops = {.name = "slow", .read = slow_read};

struct heard {
    uint64_t data_bytes, statement_bytes, ends;
};

static bool hear_statement(void *context, const struct statement *s, struct err *e)
{
    (void)e;
    ((struct heard *)context)->statement_bytes += s->text.n;
    return true;
}

static bool hear_data(void *context, const char *bytes, size_t n, struct err *e)
{
    (void)e;
    (void)bytes;
    ((struct heard *)context)->data_bytes += n;
    return true;
}

static bool hear_end(void *context, const struct dump_table *t, struct err *e)
{
    (void)e;
    (void)t;
    ((struct heard *)context)->ends++;
    return true;
}

/* Bytes alone never make it fail. */
static void scan(struct arena *a, struct slow_link *in, struct heard *heard,
                 struct dump_facts *facts)
{
    struct dump_listener listener = {.context = heard,
                                     .statement = hear_statement,
                                     .copy_data = hear_data,
                                     .copy_end = hear_end};
    struct scan how = {.arena = a, .in = &in->base, .listener = &listener};
    struct err e = {0};
    bool ok = dump_scan(&how, facts, &e);
    assert(ok);
    (void)ok;
    assert(facts->bytes == in->n && facts->whole_until <= in->n);
    assert(heard->ends == facts->copies && facts->tables.n == facts->copies);
    assert(heard->data_bytes + heard->statement_bytes <= in->n);
}

static void expect_same_problems(const struct vec *x, const struct vec *y)
{
    assert(x->n == y->n);
    for (size_t i = 0; i < x->n; i++) {
        const struct problem *p = vec_at(x, i), *q = vec_at(y, i);
        assert(strcmp(p->text, q->text) == 0 && p->code == q->code);
        assert(p->offset == q->offset && p->line == q->line);
        (void)p;
        (void)q;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slow_link whole = {
        .base = {.ops = &slow_ops}, .bytes = data, .n = size, .piece = size + 1};
    struct slow_link pieces = {.base = {.ops = &slow_ops}, .bytes = data, .n = size, .piece = 1};
    struct heard h = {0}, i = {0};
    struct dump_facts f = {0}, g = {0};
    scan(a, &whole, &h, &f);
    scan(a, &pieces, &i, &g);
    expect_same_problems(&f.problems, &g.problems);
    assert(f.lines == g.lines);
    assert(f.statements == g.statements && f.copies == g.copies && f.rows == g.rows);
    assert(f.n_problems == g.n_problems && f.whole_until == g.whole_until);
    assert(f.complete == g.complete && f.has_header == g.has_header);
    assert(h.data_bytes == i.data_bytes && h.statement_bytes == i.statement_bytes);
    (void)f;
    (void)g;
    return 0;
}
