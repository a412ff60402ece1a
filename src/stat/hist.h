/* SPDX-License-Identifier: PostgreSQL */
/*
 * Log-linear histogram of microseconds (HdrHistogram's bucket layout, hdrhistogram.org): 1 us to
 * one hour with three significant digits; larger values count as one hour. Merged, never averaged.
 */
#ifndef PGR_STAT_HIST_H
#define PGR_STAT_HIST_H

#include "base/arena.h"

#include <stdint.h>

struct hist;

struct hist *hist_new(struct arena *a);
void hist_add(struct hist *h, int64_t us);
void hist_merge(struct hist *into, const struct hist *from);
void hist_clear(struct hist *h);
int64_t hist_count(const struct hist *h);

/* Smallest recorded value v such that at least `percent` of all are <= v (within 0.1 %); 0 when
 * empty. */
int64_t hist_percentile(const struct hist *h, double percent);
int64_t hist_max(const struct hist *h);
double hist_mean(const struct hist *h);

#endif
