/* SPDX-License-Identifier: PostgreSQL */
/*
 * The part of the decoded dump that is in memory. In an encoding whose characters hold bytes that
 * look like ASCII there is a second copy with those bytes masked, to be lexed in its place.
 */
#ifndef PGR_DUMP_WINDOW_H
#define PGR_DUMP_WINDOW_H

#include "base/buf.h"
#include "base/str.h"
#include "dump/charset.h"
#include "io/source.h"

#include <stdbool.h>
#include <stdint.h>

enum { WINDOW_READ_BYTES = 256 * 1024 };

struct window {
    struct source *in;
    uint64_t max_bytes; /* 0: none; what lies behind them is not read */
    struct buf data;
    struct buf masked;          /* as long as data, when mask.set is there */
    struct charset_reader mask; /* follows the characters up to the end of masked */
    size_t start;               /* the first byte that is still needed */
    size_t counted;             /* at most start: the newlines before it are counted, … */
    uint64_t lines;             /* … so many, from the beginning of the dump on */
    uint64_t base;              /* offset of data.p[0] in the dump */
    bool ended;                 /* nothing comes behind data: the clean end, or one of: */
    bool broken;                /* the source failed with `why`, or */
    bool over;                  /* (broken, too) there is more than max_bytes */
    struct err why;
};

/* Reads some more bytes behind the present ones, unless ended. Moves data.p[start] to the front. */
void window_more(struct window *w);

/* From the first byte that is still needed on, the text is in this encoding. */
void window_encoding(struct window *w, const struct charset *set);

static inline const char *window_bytes(const struct window *w)
{
    return w->data.p == NULL ? "" : w->data.p + w->start;
}

/* The same bytes as they are to be lexed. */
static inline const char *window_text(const struct window *w)
{
    return w->mask.set == NULL || w->data.p == NULL ? window_bytes(w) : w->masked.p + w->start;
}

/* What is really there where `text`, a part of window_text, is. */
static inline struct slice window_raw(const struct window *w, struct slice text)
{
    return (struct slice){window_bytes(w) + (text.p - window_text(w)), text.n};
}

static inline size_t window_left(const struct window *w)
{
    return w->data.n - w->start;
}

/* Offset of the first byte that is still needed. */
static inline uint64_t window_offset(const struct window *w)
{
    return w->base + w->start;
}

/* Newlines before the first byte that is still needed. */
uint64_t window_lines(struct window *w);

/* The next n bytes are needed no more; so many newlines are in them. */
void window_pass_lines(struct window *w, size_t n, uint64_t lines);

void window_cleanup(struct window *w);

#endif
