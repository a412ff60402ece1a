/* SPDX-License-Identifier: PostgreSQL */
#include "pool/inside.h"

void meter_advance(struct pool *p)
{
    struct pool_meter *m = &p->meter;
    int64_t now_us = clock_mono_us();
    int64_t took_us = now_us - m->at_us;
    size_t busy = pool_busy(p);
    m->at_us = now_us;
    m->in_use += (double)busy * (double)took_us;
    m->total += (double)(pool_total(p) - p->n_in[SLOT_CONNECTING]) * (double)took_us;
    if (busy * 10 > p->set.max * 8)
        m->over_80_us += took_us;
    if (busy * 10 > p->set.max * 9)
        m->over_90_us += took_us;
}

void pool_begin(struct pool *p)
{
    int64_t now_us = clock_mono_us();
    struct err last = p->stats.last_connect_error;
    p->meter = (struct pool_meter){.began_us = now_us, .at_us = now_us};
    p->stats = (struct pool_stats){.peak_in_use = (int64_t)pool_busy(p),
                                   .peak_queue = (int64_t)p->waiting,
                                   .last_connect_error = last};
    hist_clear(p->wait);
    hist_clear(p->connect);
    hist_clear(p->use);
}

static double percent(double part, double whole)
{
    return whole > 0 ? 100.0 * part / whole : 0;
}

struct pool_stats pool_stats(struct pool *p)
{
    meter_advance(p);
    const struct pool_meter *m = &p->meter;
    double took_us = (double)(m->at_us - m->began_us);
    struct pool_stats s = p->stats;
    s.utilization_percent = percent(m->in_use, took_us * (double)p->set.max);
    s.of_current_percent = percent(m->in_use, m->total);
    s.over_80_percent = percent((double)m->over_80_us, took_us);
    s.over_90_percent = percent((double)m->over_90_us, took_us);
    s.wait = p->wait;
    s.connect = p->connect;
    s.use = p->use;
    return s;
}
