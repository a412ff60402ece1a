/* SPDX-License-Identifier: PostgreSQL */
#include "dump/copy_masks.h"

#include <string.h>

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/* Bit i is set where byte i of the word is `c`. Exact, unlike the shorter trick with a borrow. */
static uint64_t equal_bytes(uint64_t word, char c)
{
    uint64_t x = word ^ (ONES * (uint8_t)c);
    uint64_t zero = ~(((x & ~HIGHS) + ~HIGHS) | x | ~HIGHS);
    return ((zero >> 7) * UINT64_C(0x0102040810204080)) >> 56;
}

/* The first byte in memory is bit 0 on either kind of machine. */
static uint64_t load(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

void copy_masks_portable(const char *bytes, size_t n_blocks, struct copy_masks *out,
                         struct copy_sum *sum)
{
    for (size_t i = 0; i < n_blocks; i++) {
        struct copy_masks m = {0};
        for (unsigned k = 0; k < COPY_BLOCK_BYTES / 8; k++) {
            uint64_t word = load(bytes + i * COPY_BLOCK_BYTES + 8 * (size_t)k);
            m.newline |= equal_bytes(word, '\n') << (8 * k);
            m.tab |= equal_bytes(word, '\t') << (8 * k);
            m.backslash |= equal_bytes(word, '\\') << (8 * k);
            m.cr |= equal_bytes(word, '\r') << (8 * k);
            sum->nul |= equal_bytes(word, '\0') != 0;
            sum->high |= (word & HIGHS) != 0;
            sum->control |=
                (equal_bytes(word, '\b') | equal_bytes(word, '\v') | equal_bytes(word, '\f')) != 0;
        }
        out[i] = m;
    }
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static uint64_t equal_avx2(__m256i low, __m256i high, char c)
{
    __m256i all = _mm256_set1_epi8(c);
    uint32_t l = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, all));
    uint32_t h = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, all));
    return l | (uint64_t)h << 32;
}

/* 0xff for \b, \v and \f: where the lower half of a byte chooses that very byte from a table. */
AVX2 static __m256i control_avx2(__m256i v)
{
    __m256i table = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, '\b', -1, -1, '\v', '\f', -1, -1, -1));
    return _mm256_cmpeq_epi8(v, _mm256_shuffle_epi8(table, v));
}

AVX2 static void copy_masks_avx2(const char *bytes, size_t n_blocks, struct copy_masks *out,
                                 struct copy_sum *sum)
{
    __m256i any = _mm256_setzero_si256(), least = _mm256_set1_epi8(-1);
    __m256i control = _mm256_setzero_si256();
    for (size_t i = 0; i < n_blocks; i++, bytes += COPY_BLOCK_BYTES) {
        __m256i low = _mm256_loadu_si256((const __m256i_u *)bytes);
        __m256i high = _mm256_loadu_si256((const __m256i_u *)(bytes + COPY_BLOCK_BYTES / 2));
        out[i] = (struct copy_masks){.newline = equal_avx2(low, high, '\n'),
                                     .tab = equal_avx2(low, high, '\t'),
                                     .backslash = equal_avx2(low, high, '\\'),
                                     .cr = equal_avx2(low, high, '\r')};
        any = _mm256_or_si256(any, _mm256_or_si256(low, high));
        control = _mm256_or_si256(control, _mm256_or_si256(control_avx2(low), control_avx2(high)));
        least = _mm256_min_epu8(least, _mm256_min_epu8(low, high));
    }
    sum->control |= _mm256_movemask_epi8(control) != 0;
    sum->high |= _mm256_movemask_epi8(any) != 0;
    sum->nul |= _mm256_movemask_epi8(_mm256_cmpeq_epi8(least, _mm256_setzero_si256())) != 0;
}

copy_masks_fn *copy_masks_best(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") ? copy_masks_avx2
                                                                           : copy_masks_portable;
}
#else
copy_masks_fn *copy_masks_best(void)
{
    return copy_masks_portable;
}
#endif
