/* SPDX-License-Identifier: PostgreSQL */
#include "io/sink.h"

#include "base/fs.h"

#include <assert.h>

static bool keep_failure(struct sink *s, const struct err *e)
{
    s->failed = true;
    s->why = *e;
    return false;
}

bool sink_write(struct sink *s, const void *bytes, size_t n, struct err *e)
{
    assert(!s->finished);
    if (s->failed) {
        *e = s->why;
        return false;
    }
    if (n > 0 && !s->ops->write(s, bytes, n, e))
        return keep_failure(s, e);
    s->offset += n;
    return true;
}

bool sink_finish(struct sink *s, struct err *e)
{
    for (; s != NULL; s = s->below) {
        assert(!s->finished);
        if (s->failed) {
            *e = s->why;
            return false;
        }
        if (s->ops->finish != NULL && !s->ops->finish(s, e))
            return keep_failure(s, e);
        s->finished = true;
    }
    return true;
}

void sink_close(struct sink *s)
{
    while (s != NULL) {
        struct sink *below = s->below;
        if (s->ops->close != NULL)
            s->ops->close(s);
        s = below;
    }
}

void sink_cleanup(struct sink **s)
{
    sink_close(*s);
    *s = NULL;
}

struct fd_sink {
    struct sink base;
    int fd;
    const char *name;
};

static bool fd_write(struct sink *s, const void *bytes, size_t n, struct err *e)
{
    const struct fd_sink *f = (const struct fd_sink *)s;
    return fs_write_all(f->fd, bytes, n, e) || err_wrap(e, "%s", f->name);
}

static const struct sink_ops fd_ops = {.name = "file", .write = fd_write};

struct sink *sink_fd(struct arena *a, int fd, const char *name)
{
    struct fd_sink *f = ARENA_NEW(a, struct fd_sink);
    *f = (struct fd_sink){.base = {.ops = &fd_ops}, .fd = fd, .name = name};
    return &f->base;
}
