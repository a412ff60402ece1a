/* SPDX-License-Identifier: PostgreSQL */
#include "stat/rng.h"

#include <assert.h>
#include <math.h>

/* splitmix64, the recommended way to fill the state from one number. */
static uint64_t scramble(uint64_t *x)
{
    *x += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *x;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

struct rng rng_seeded(uint64_t seed, uint64_t stream)
{
    uint64_t x = seed;
    x = scramble(&x) ^ (stream * UINT64_C(0xd1342543de82ef95));
    struct rng r;
    for (int i = 0; i < 4; i++)
        r.s[i] = scramble(&x);
    return r;
}

static uint64_t rotate(uint64_t x, unsigned by)
{
    return (x << by) | (x >> (64U - by));
}

uint64_t rng_next(struct rng *r)
{
    uint64_t result = rotate(r->s[1] * 5, 7) * 9;
    uint64_t t = r->s[1] << 17;
    r->s[2] ^= r->s[0];
    r->s[3] ^= r->s[1];
    r->s[1] ^= r->s[2];
    r->s[0] ^= r->s[3];
    r->s[2] ^= t;
    r->s[3] = rotate(r->s[3], 45);
    return result;
}

double rng_unit(struct rng *r)
{
    return (double)(rng_next(r) >> 11) * 0x1.0p-53;
}

int64_t rng_range(struct rng *r, int64_t low, int64_t high)
{
    assert(low <= high);
    uint64_t last = (uint64_t)high - (uint64_t)low;
    if (last == UINT64_MAX)
        return (int64_t)rng_next(r);
    /* Numbers from the last, incomplete round are drawn again, so that all come alike. */
    uint64_t n = last + 1;
    uint64_t refused = (UINT64_MAX - n + 1) % n;
    uint64_t x = rng_next(r);
    while (x > UINT64_MAX - refused)
        x = rng_next(r);
    return (int64_t)((uint64_t)low + x % n);
}

int64_t rng_exponential_us(struct rng *r, int64_t mean_us)
{
    double x = -log1p(-rng_unit(r)) * (double)mean_us;
    double most = 10.0 * (double)mean_us;
    return (int64_t)(x < most ? x : most);
}

/* Rejection method of Devroye, "Non-Uniform Random Variate Generation", p. 550-551. */
int64_t rng_zipfian(struct rng *r, int64_t low, int64_t high, double s)
{
    assert(low <= high && s >= RNG_ZIPF_MIN && s <= RNG_ZIPF_MAX);
    double n = (double)((uint64_t)high - (uint64_t)low) + 1;
    double b = exp2(s - 1.0);
    for (;;) {
        double u = 1.0 - rng_unit(r), v = rng_unit(r);
        double x = floor(pow(u, -1.0 / (s - 1.0)));
        double t = pow(1.0 + 1.0 / x, s - 1.0);
        if (x <= n && v * x * (t - 1.0) / (b - 1.0) <= t / b)
            return (int64_t)((uint64_t)low + (uint64_t)(x - 1));
    }
}

int64_t rng_exponential_range(struct rng *r, int64_t low, int64_t high, double parameter)
{
    assert(low <= high && parameter > 0);
    double n = (double)((uint64_t)high - (uint64_t)low) + 1;
    double cut = exp(-parameter);
    double u = 1.0 - rng_unit(r);
    double x = -log(cut + (1.0 - cut) * u) / parameter;
    uint64_t k = (uint64_t)(x * n);
    uint64_t last = (uint64_t)high - (uint64_t)low;
    return (int64_t)((uint64_t)low + (k < last ? k : last));
}
