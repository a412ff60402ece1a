/* SPDX-License-Identifier: PostgreSQL */
#include "dump/window.h"

#include <string.h>

void window_more(struct window *w)
{
    if (w->ended)
        return;
    if (w->start > 0) {
        memmove(w->data.p, w->data.p + w->start, w->data.n - w->start);
        w->base += w->start;
        w->data.n -= w->start;
        w->start = 0;
    }
    size_t got = 0;
    char *room = buf_reserve(&w->data, WINDOW_READ_BYTES);
    if (!source_read(w->in, room, WINDOW_READ_BYTES, &got, &w->why))
        w->broken = w->ended = true;
    else
        w->ended = got == 0;
    w->data.n += got;
}

void window_cleanup(struct window *w)
{
    buf_cleanup(&w->data);
}
