/* SPDX-License-Identifier: PostgreSQL */
#include "detection/mutate.h"

#include <string.h>

enum { BLOCK = 512, PAGE = 4096 };

/* Any byte of the input, 0 for an empty one. */
static size_t any_byte(struct slice in, struct rng *rng)
{
    return in.n == 0 ? 0 : (size_t)rng_range(rng, 0, (int64_t)in.n - 1);
}

/* The start of any block but the first and the last, where there are so many. */
static size_t any_block(struct slice in, struct rng *rng)
{
    int64_t last = (int64_t)(in.n / BLOCK) - 2;
    return last < 1 ? 0 : (size_t)rng_range(rng, 1, last) * BLOCK;
}

/* The start of any line but the first; 0 where there is none. */
static size_t any_line(struct slice in, struct rng *rng)
{
    size_t at = any_byte(in, rng);
    const char *newline = memchr(in.p + at, '\n', in.n - at);
    size_t next = newline == NULL ? in.n : (size_t)(newline - in.p) + 1;
    return next < in.n ? next : 0;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void put(struct buf *out, struct slice in, size_t from, size_t to)
{
    buf_append(out, in.p + from, to - from);
}

static void put_zeros(struct buf *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_putc(out, '\0');
}

static void mutate_emptied(struct slice in, struct rng *rng, struct buf *out)
{
    (void)in;
    (void)rng;
    (void)out;
}

static void mutate_cut(struct slice in, struct rng *rng, struct buf *out)
{
    put(out, in, 0, any_byte(in, rng));
}

static void mutate_cut_at_line(struct slice in, struct rng *rng, struct buf *out)
{
    put(out, in, 0, any_line(in, rng));
}

static void mutate_cut_at_block(struct slice in, struct rng *rng, struct buf *out)
{
    put(out, in, 0, any_byte(in, rng) / PAGE * PAGE);
}

static void mutate_head_lost(struct slice in, struct rng *rng, struct buf *out)
{
    put(out, in, least(any_byte(in, rng) + 1, in.n), in.n);
}

static void mutate_zero_tail(struct slice in, struct rng *rng, struct buf *out)
{
    size_t at = any_byte(in, rng);
    put(out, in, 0, at);
    put_zeros(out, in.n - at);
}

static void mutate_zero_block(struct slice in, struct rng *rng, struct buf *out)
{
    size_t at = any_block(in, rng), end = least(at + BLOCK, in.n);
    put(out, in, 0, at);
    put_zeros(out, end - at);
    put(out, in, end, in.n);
}

static void mutate_block_lost(struct slice in, struct rng *rng, struct buf *out)
{
    size_t at = any_block(in, rng);
    put(out, in, 0, at);
    put(out, in, least(at + BLOCK, in.n), in.n);
}

static void mutate_block_twice(struct slice in, struct rng *rng, struct buf *out)
{
    size_t at = any_block(in, rng);
    put(out, in, 0, least(at + BLOCK, in.n));
    put(out, in, at, in.n);
}

static void mutate_bit(struct slice in, struct rng *rng, struct buf *out)
{
    size_t at = any_byte(in, rng);
    put(out, in, 0, in.n);
    if (in.n > 0)
        out->p[at] = (char)((unsigned)(unsigned char)out->p[at] ^ 1U << rng_range(rng, 0, 7));
}

static void mutate_byte(struct slice in, struct rng *rng, struct buf *out)
{
    size_t at = any_byte(in, rng);
    put(out, in, 0, in.n);
    if (in.n > 0)
        out->p[at] = (char)((unsigned)(unsigned char)out->p[at] + (unsigned)rng_range(rng, 1, 255));
}

static void mutate_line_lost(struct slice in, struct rng *rng, struct buf *out)
{
    size_t at = any_line(in, rng);
    const char *newline = memchr(in.p + at, '\n', in.n - at);
    put(out, in, 0, at);
    put(out, in, newline == NULL ? in.n : (size_t)(newline - in.p) + 1, in.n);
}

static void mutate_noise(struct slice in, struct rng *rng, struct buf *out)
{
    size_t at = any_line(in, rng);
    put(out, in, 0, at);
    buf_puts(out, "pg_dump: warning: there are circular foreign-key constraints on this table:\n");
    put(out, in, at, in.n);
}

static void mutate_garbage_behind(struct slice in, struct rng *rng, struct buf *out)
{
    put(out, in, 0, in.n);
    for (size_t i = 0; i < BLOCK; i++)
        buf_putc(out, (char)rng_range(rng, 0, 255));
}

static void mutate_as_text(struct slice in, struct rng *rng, struct buf *out)
{
    (void)rng;
    for (size_t i = 0; i < in.n; i++) {
        if (in.p[i] == '\n')
            buf_putc(out, '\r');
        buf_putc(out, in.p[i]);
    }
}

const struct mutation mutations[] = {
#define MUTATION(name, where, what) {#name, what, WHERE_##where, mutate_##name},
#include "detection/mutations.def"
#undef MUTATION
    {.name = NULL},
};
