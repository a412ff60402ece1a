/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "io/source.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

struct pipe_end {
    struct source base;
    struct source_fd how;
};

/* Until there is something to read, or the end of it. Another thread may take the signal away
 * before it is seen here, so no wait is long. */
static bool wait_readable(const struct source_fd *how, struct err *e)
{
    enum { WAIT_MS = 1000 };
    for (;;) {
        int ms = clock_poll_ms(how->deadline_us);
        if (!interrupt_check(how->intr, e))
            return false;
        struct pollfd fds[] = {{.fd = how->fd, .events = POLLIN},
                               {.fd = interrupt_fd(how->intr), .events = POLLIN}};
        int n = poll(fds, 2, ms < 0 || ms > WAIT_MS ? WAIT_MS : ms);
        if (n < 0 && errno != EINTR)
            return err_sys(e, "cannot wait for %s", how->name);
        if (n > 0 && fds[0].revents != 0)
            return true;
        if (n == 0 && how->deadline_us != 0 && clock_mono_us() >= how->deadline_us)
            return err_set(e, ERR_TIMEOUT, "%s did not end before its deadline", how->name);
    }
}

static bool fd_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    const struct source_fd *how = &((struct pipe_end *)s)->how;
    for (;;) {
        if (!wait_readable(how, e))
            return false;
        ssize_t some = read(how->fd, bytes, n);
        if (some >= 0) {
            *got = (size_t)some;
            return true;
        }
        if (errno != EINTR && errno != EAGAIN)
            return err_sys(e, "cannot read from %s at byte %llu", how->name,
                           (unsigned long long)s->offset);
    }
}

static const struct source_ops fd_ops = {.name = "pipe", .read = fd_read};

struct source *source_fd(struct arena *a, const struct source_fd *how)
{
    struct pipe_end *p = ARENA_NEW(a, struct pipe_end);
    *p = (struct pipe_end){.base = {.ops = &fd_ops}, .how = *how};
    return &p->base;
}
