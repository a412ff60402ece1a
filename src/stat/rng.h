/* SPDX-License-Identifier: PostgreSQL */
/*
 * Random numbers that are the same for the same seed on every machine: xoshiro256** (Blackman and
 * Vigna, public domain), one generator a user. Not for secrets.
 */
#ifndef PGR_STAT_RNG_H
#define PGR_STAT_RNG_H

#include <stdint.h>

struct rng {
    uint64_t s[4];
};

/* Generators of one seed and different streams are independent. */
struct rng rng_seeded(uint64_t seed, uint64_t stream);

uint64_t rng_next(struct rng *r);

/* 0 <= x < 1 */
double rng_unit(struct rng *r);

/* low <= n <= high, all alike; low <= high is the caller's duty. */
int64_t rng_range(struct rng *r, int64_t low, int64_t high);

/* Negative exponential with this mean before cutting; values beyond ten times the mean are cut to
 * that (which lowers the mean by 0.005 %). */
int64_t rng_exponential_us(struct rng *r, int64_t mean_us);

/* low + (k - 1), where k of 1 ... n has a probability in proportion to k to the power of -s. The
 * low end is the most frequent. s from RNG_ZIPF_MIN to RNG_ZIPF_MAX. */
#define RNG_ZIPF_MIN 1.001
#define RNG_ZIPF_MAX 1000.0
int64_t rng_zipfian(struct rng *r, int64_t low, int64_t high, double s);

/* low <= n <= high by a truncated exponential distribution: the larger `parameter` (> 0), the more
 * often values near the low end come. */
int64_t rng_exponential_range(struct rng *r, int64_t low, int64_t high, double parameter);

#endif
