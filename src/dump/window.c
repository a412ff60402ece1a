/* SPDX-License-Identifier: PostgreSQL */
#include "dump/window.h"

#include "dump/glance.h"

#include <string.h>

static void drop_used(struct window *w)
{
    if (w->start == 0)
        return;
    size_t left = w->data.n - w->start;
    (void)window_lines(w);
    memmove(w->data.p, w->data.p + w->start, left);
    if (w->mask.set != NULL)
        memmove(w->masked.p, w->masked.p + w->start, left);
    w->base += w->start;
    w->data.n = left;
    w->masked.n = w->mask.set != NULL ? left : 0;
    w->start = w->counted = 0;
}

/* The part of data that has no masked copy yet. */
static void mask_rest(struct window *w)
{
    size_t n = w->data.n - w->masked.n;
    if (w->mask.set == NULL || n == 0)
        return;
    buf_append(&w->masked, w->data.p + w->masked.n, n);
    charset_mask(&w->mask, w->masked.p + w->masked.n - n, n);
}

/* Takes back what lies behind the limit. */
static void hold_limit(struct window *w)
{
    uint64_t end = w->base + w->data.n;
    if (w->max_bytes == 0 || end <= w->max_bytes)
        return;
    w->data.n -= (size_t)(end - w->max_bytes);
    w->ended = w->broken = w->over = true;
    (void)err_set(&w->why, ERR_LIMIT, "more than %llu bytes of SQL (verify.max_bytes)",
                  (unsigned long long)w->max_bytes);
}

void window_more(struct window *w)
{
    if (w->ended)
        return;
    drop_used(w);
    size_t got = 0;
    char *room = buf_reserve(&w->data, WINDOW_READ_BYTES);
    if (!source_read(w->in, room, WINDOW_READ_BYTES, &got, &w->why))
        w->broken = w->ended = true;
    else
        w->ended = got == 0;
    w->data.n += got;
    hold_limit(w);
    mask_rest(w);
}

void window_encoding(struct window *w, const struct charset *set)
{
    w->mask = (struct charset_reader){.set = set != NULL && set->embeds_ascii ? set : NULL};
    w->masked.n = 0;
    if (w->mask.set == NULL)
        return;
    buf_append(&w->masked, w->data.p, w->start); /* done with, and looked at no more */
    mask_rest(w);
}

uint64_t window_lines(struct window *w)
{
    if (w->counted < w->start)
        w->lines += glance_newlines(w->data.p + w->counted, w->start - w->counted);
    w->counted = w->start;
    return w->lines;
}

void window_pass_lines(struct window *w, size_t n, uint64_t lines)
{
    (void)window_lines(w);
    w->start += n;
    w->counted = w->start;
    w->lines += lines;
}

void window_cleanup(struct window *w)
{
    buf_cleanup(&w->data);
    buf_cleanup(&w->masked);
}
