/* SPDX-License-Identifier: PostgreSQL */
#include "io/source.h"

#include <assert.h>

bool source_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    assert(n > 0);
    if (s->failed) {
        *e = s->why;
        return false;
    }
    size_t some = 0;
    if (!s->ended && !s->ops->read(s, bytes, n, &some, &s->why)) {
        s->failed = true;
        *e = s->why;
        return false;
    }
    assert(some <= n);
    s->ended = some == 0;
    s->offset += some;
    *got = some;
    return true;
}

bool source_read_full(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    size_t have = 0;
    for (size_t some = 1; some > 0 && have < n; have += some)
        if (!source_read(s, (char *)bytes + have, n - have, &some, e))
            return false;
    *got = have;
    return true;
}

void source_close(struct source *s)
{
    while (s != NULL) {
        struct source *below = s->below;
        if (s->ops->close != NULL)
            s->ops->close(s);
        s = below;
    }
}

void source_cleanup(struct source **s)
{
    source_close(*s);
    *s = NULL;
}
