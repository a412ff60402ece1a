/* SPDX-License-Identifier: PostgreSQL */
#include "dump/glance.h"

#include <string.h>

enum { BLOCK_BYTES = 64 };

static uint64_t newlines_portable(const char *bytes, size_t n)
{
    uint64_t lines = 0;
    const char *end = bytes + n;
    for (const char *p = bytes; p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
        lines++;
    return lines;
}

static bool is_plain_portable(const char *bytes, size_t n)
{
    bool plain = true;
    for (size_t i = 0; i < n; i++)
        plain &= (signed char)bytes[i] > 0;
    return plain;
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,popcnt"))) static

AVX2 uint64_t newlines_avx2(const char *p, size_t n)
{
    const __m256i newline = _mm256_set1_epi8('\n');
    uint64_t lines = 0;
    size_t i = 0;
    for (; n - i >= BLOCK_BYTES; i += BLOCK_BYTES) {
        __m256i low = _mm256_loadu_si256((const __m256i_u *)(p + i));
        __m256i high = _mm256_loadu_si256((const __m256i_u *)(p + i + BLOCK_BYTES / 2));
        uint32_t l = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, newline));
        uint32_t h = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, newline));
        lines += (uint64_t)__builtin_popcountll(l | (uint64_t)h << 32);
    }
    return lines + newlines_portable(p + i, n - i);
}

AVX2 bool is_plain_avx2(const char *p, size_t n)
{
    __m256i least = _mm256_set1_epi8(1);
    size_t i = 0;
    for (; n - i >= BLOCK_BYTES; i += BLOCK_BYTES) {
        __m256i low = _mm256_loadu_si256((const __m256i_u *)(p + i));
        __m256i high = _mm256_loadu_si256((const __m256i_u *)(p + i + BLOCK_BYTES / 2));
        least = _mm256_min_epi8(least, _mm256_min_epi8(low, high)); /* above 0x7f is below 0 */
    }
    bool all = _mm256_movemask_epi8(_mm256_cmpgt_epi8(least, _mm256_setzero_si256())) == -1;
    return all && is_plain_portable(p + i, n - i);
}

uint64_t glance_newlines(const char *bytes, size_t n)
{
    return __builtin_cpu_supports("avx2") ? newlines_avx2(bytes, n) : newlines_portable(bytes, n);
}

bool glance_is_plain(const char *bytes, size_t n)
{
    return __builtin_cpu_supports("avx2") ? is_plain_avx2(bytes, n) : is_plain_portable(bytes, n);
}
#else
uint64_t glance_newlines(const char *bytes, size_t n)
{
    return newlines_portable(bytes, n);
}

bool glance_is_plain(const char *bytes, size_t n)
{
    return is_plain_portable(bytes, n);
}
#endif
