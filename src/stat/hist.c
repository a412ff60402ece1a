/* SPDX-License-Identifier: PostgreSQL */
#include "stat/hist.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/*
 * Values below 2048 have a counter each. Above, every doubling of the value shares 1,024 counters:
 * bucket k (from 1) holds values from 1024 << k to (2048 << k) - 1 in steps of 1 << k, so a step
 * is never more than 1/1024 of the value.
 */
enum { HALF_BITS = 10, HALF = 1 << HALF_BITS, BUCKETS = 21, COUNTERS = (BUCKETS + 2) * HALF };

static const int64_t LARGEST_US = INT64_C(3600) * 1000 * 1000;

struct hist {
    int64_t n;
    int64_t max;
    double sum;
    int64_t counts[COUNTERS];
};

struct hist *hist_new(struct arena *a)
{
    return ARENA_NEW(a, struct hist);
}

static size_t counter_of(int64_t us)
{
    uint64_t v = (uint64_t)us;
    if (v < UINT64_C(2) * HALF)
        return (size_t)v;
    unsigned bits = 64U - (unsigned)__builtin_clzll(v);
    unsigned k = bits - (HALF_BITS + 1U);
    return (size_t)k * HALF + (size_t)(v >> k);
}

/* The largest value that the counter stands for. */
static int64_t value_of(size_t counter)
{
    if (counter < (size_t)2 * HALF)
        return (int64_t)counter;
    size_t k = counter / HALF - 1;
    size_t step = counter - k * HALF;
    return (int64_t)(((step + 1) << k) - 1);
}

void hist_add(struct hist *h, int64_t us)
{
    if (us < 0)
        us = 0;
    if (us > LARGEST_US)
        us = LARGEST_US;
    h->counts[counter_of(us)]++;
    h->n++;
    h->sum += (double)us;
    if (us > h->max)
        h->max = us;
}

void hist_merge(struct hist *into, const struct hist *from)
{
    for (size_t i = 0; i < COUNTERS; i++)
        into->counts[i] += from->counts[i];
    into->n += from->n;
    into->sum += from->sum;
    if (from->max > into->max)
        into->max = from->max;
}

void hist_clear(struct hist *h)
{
    memset(h, 0, sizeof *h);
}

int64_t hist_count(const struct hist *h)
{
    return h->n;
}

int64_t hist_percentile(const struct hist *h, double percent)
{
    assert(percent >= 0 && percent <= 100);
    if (h->n == 0)
        return 0;
    int64_t rank = (int64_t)ceil(percent / 100 * (double)h->n - 1e-9);
    if (rank < 1)
        rank = 1;
    int64_t seen = 0;
    for (size_t i = 0; i < COUNTERS; i++) {
        seen += h->counts[i];
        if (seen >= rank)
            return value_of(i) < h->max ? value_of(i) : h->max;
    }
    return h->max;
}

int64_t hist_max(const struct hist *h)
{
    return h->max;
}

double hist_mean(const struct hist *h)
{
    return h->n == 0 ? 0 : h->sum / (double)h->n;
}
