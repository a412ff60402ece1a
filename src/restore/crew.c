/* SPDX-License-Identifier: PostgreSQL */
#include "restore/crew.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>

bool crew_open(struct crew *c, size_t n, struct err *e)
{
    struct err why;
    c->how.pool = &c->pool;
    for (size_t i = 0; i < n && i < WORKERS_MAX; i++) {
        if (!interrupt_check(c->how.intr, e))
            return false;
        if (!worker_open(&c->workers[i], &c->how, &why))
            return interrupt_check(c->how.intr, e);
        c->schedule.n_workers++;
    }
    return true;
}

void crew_cleanup(struct crew *c)
{
    for (size_t i = 0; i < c->schedule.n_workers; i++)
        worker_cleanup(&c->workers[i]);
    while (c->schedule.first != NULL) {
        struct job *job = c->schedule.first;
        c->schedule.first = job->next;
        job_free(job, &c->pool);
    }
    chunk_pool_cleanup(&c->pool);
}

/* One worker goes on, perhaps to the end of its job. */
static bool turn_worker(struct crew *c, struct worker *w, struct err *e)
{
    struct job *job = w->job;
    if (!worker_turn(w))
        return true;
    schedule_end(&c->schedule, job);
    chunk_drop_all(&c->pool, &job->data);
    job->over = true;
    return c->ended(c->context, job, w, e);
}

/* Jobs for a worker, until one takes time. */
static bool start_jobs(struct crew *c, struct worker *w, struct err *e)
{
    while (w->job == NULL) {
        struct job *job = schedule_start(&c->schedule);
        if (job == NULL)
            return true;
        worker_start(w, job);
        if (!turn_worker(c, w, e))
            return false;
    }
    return true;
}

static bool start_all(struct crew *c, struct err *e)
{
    for (size_t i = 0; i < c->schedule.n_workers; i++)
        if (!start_jobs(c, &c->workers[i], e))
            return false;
    return true;
}

static int64_t sooner(int64_t a_us, int64_t b_us)
{
    if (a_us == 0 || b_us == 0)
        return a_us + b_us;
    return a_us < b_us ? a_us : b_us;
}

/* The next deadline; 0: none. */
static int64_t next_deadline(const struct crew *c)
{
    int64_t deadline_us = c->deadline_us;
    for (size_t i = 0; i < c->schedule.n_workers; i++)
        if (c->workers[i].job != NULL)
            deadline_us = sooner(deadline_us, c->workers[i].deadline_us);
    return deadline_us;
}

/* Asks the sockets; `ready` is set for each worker whose socket has something. */
static bool ask(struct crew *c, bool wait, bool ready[WORKERS_MAX], struct err *e)
{
    struct pollfd fds[WORKERS_MAX + 1];
    size_t n = c->schedule.n_workers;
    int64_t deadline_us = next_deadline(c);
    for (size_t i = 0; i < n; i++)
        fds[i] = (struct pollfd){
            .fd = c->workers[i].job == NULL ? -1 : PQsocket(c->workers[i].pg.conn),
            .events = worker_events(&c->workers[i]),
        };
    fds[n] = (struct pollfd){.fd = interrupt_fd(c->how.intr), .events = POLLIN};
    int got = poll(fds, n + 1, wait ? clock_poll_ms(deadline_us) : 0);
    if (got < 0 && errno != EINTR)
        return err_sys(e, "wait for the server");
    if (!interrupt_check(c->how.intr, e))
        return false;
    if (deadline_us != 0 && clock_mono_us() >= deadline_us)
        return err_set(e, ERR_TIMEOUT,
                       deadline_us == c->deadline_us ? "restore.timeout passed"
                                                     : "no answer from the server in time");
    for (size_t i = 0; i < n; i++)
        ready[i] = got > 0 && fds[i].revents != 0;
    return true;
}

bool crew_turn(struct crew *c, bool wait, struct err *e)
{
    bool ready[WORKERS_MAX];
    size_t n_open = c->schedule.n_open;
    if (!start_all(c, e))
        return false;
    if (c->schedule.n_running == 0) {
        bool stuck = wait && n_open > 0 && c->schedule.n_open == n_open;
        return stuck ? err_set(e, ERR_DEFECT, "%zu jobs wait for each other", n_open)
                     : interrupt_check(c->how.intr, e);
    }
    if (!ask(c, wait && c->schedule.n_open == n_open, ready, e))
        return false;
    for (size_t i = 0; i < c->schedule.n_workers; i++)
        if (ready[i] && c->workers[i].job != NULL && !turn_worker(c, &c->workers[i], e))
            return false;
    return start_all(c, e);
}

static struct worker *worker_of(struct crew *c, const struct job *job)
{
    for (size_t i = 0; i < c->schedule.n_workers; i++)
        if (c->workers[i].job == job)
            return &c->workers[i];
    return NULL;
}

bool crew_poke(struct crew *c, const struct job *job, struct err *e)
{
    struct worker *w = worker_of(c, job);
    return w == NULL || turn_worker(c, w, e);
}

bool crew_feed(struct crew *c, struct job *job, struct slice data, struct err *e)
{
    while (data.n > 0 && !job->over) {
        size_t done = chunk_put(&c->pool, &job->data, data.p, data.n);
        data = (struct slice){data.p + done, data.n - done};
        if (!crew_poke(c, job, e) || !crew_turn(c, data.n > 0, e))
            return false;
    }
    return true;
}
