/* SPDX-License-Identifier: PostgreSQL */
#include "dump/utf8_blocks.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { BLOCK_BYTES = 64 };

size_t utf8_blocks_portable(const char *p, size_t n)
{
    size_t i = 0;
    for (; n - i >= BLOCK_BYTES; i += BLOCK_BYTES) {
        uint64_t words[BLOCK_BYTES / 8], all = 0;
        memcpy(words, p + i, sizeof words);
        for (size_t k = 0; k < BLOCK_BYTES / 8; k++)
            all |= words[k];
        if ((all & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    return i;
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2"))) static inline

/*
 * What can be wrong with two bytes in a row. Three tables of sixteen, asked with the two halves of
 * the first byte and the upper half of the second, give the faults that this half allows; a fault
 * that all three allow is there. (Keiser and Lemire, Validating UTF-8 In Less Than One Instruction
 * Per Byte, 2021, section 6.)
 */
enum fault {
    TOO_SHORT = 1 << 0,  /* a first byte, and no continuation behind it */
    TOO_LONG = 1 << 1,   /* ASCII, and a continuation behind it */
    OVERLONG_3 = 1 << 2, /* e0 80..9f */
    TOO_LARGE = 1 << 3,  /* f4 90..bf, and f5..ff with 90..bf */
    SURROGATE = 1 << 4,  /* ed a0..bf */
    OVERLONG_2 = 1 << 5, /* c0, c1 */
    OVERLONG_4 = 1 << 6, /* f0 80..8f; also f5..ff with 80..8f, which are too large */
    TWO_CONTS = 1 << 7, /* two continuations: right only as 3rd or 4th byte, which is asked apart */
    CARRY = TOO_SHORT | TOO_LONG | TWO_CONTS, /* whatever the lower half of the first byte is */
};

#define SIXTEEN(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)
#define C(fault) ((char)(fault))

AVX2 __m256i upper_half(__m256i v)
{
    return _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(0x0f));
}

/* The bytes one to three places before each of `v`. */
#define BEFORE(v, last, places)                                                                    \
    _mm256_alignr_epi8(v, _mm256_permute2x128_si256(last, v, 0x21), 16 - (places))

AVX2 __m256i pair_faults(__m256i v, __m256i first)
{
    const __m256i by_upper =
        SIXTEEN(TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
                C(TWO_CONTS), C(TWO_CONTS), C(TWO_CONTS), C(TWO_CONTS), TOO_SHORT | OVERLONG_2,
                TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | OVERLONG_4);
    const __m256i by_lower =
        SIXTEEN(C(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4), C(CARRY | OVERLONG_2), C(CARRY),
                C(CARRY), C(CARRY | TOO_LARGE), C(CARRY | TOO_LARGE | OVERLONG_4),
                C(CARRY | TOO_LARGE | OVERLONG_4), C(CARRY | TOO_LARGE | OVERLONG_4),
                C(CARRY | TOO_LARGE | OVERLONG_4), C(CARRY | TOO_LARGE | OVERLONG_4),
                C(CARRY | TOO_LARGE | OVERLONG_4), C(CARRY | TOO_LARGE | OVERLONG_4),
                C(CARRY | TOO_LARGE | OVERLONG_4), C(CARRY | TOO_LARGE | OVERLONG_4 | SURROGATE),
                C(CARRY | TOO_LARGE | OVERLONG_4), C(CARRY | TOO_LARGE | OVERLONG_4));
    const __m256i by_second =
        SIXTEEN(TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
                TOO_SHORT, C(TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | OVERLONG_4),
                C(TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE),
                C(TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE),
                C(TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE), TOO_SHORT, TOO_SHORT,
                TOO_SHORT, TOO_SHORT);
    __m256i lower = _mm256_and_si256(first, _mm256_set1_epi8(0x0f));
    return _mm256_and_si256(_mm256_and_si256(_mm256_shuffle_epi8(by_upper, upper_half(first)),
                                             _mm256_shuffle_epi8(by_lower, lower)),
                            _mm256_shuffle_epi8(by_second, upper_half(v)));
}

/* Not zero where a byte cannot follow those before it; `last` are the 32 bytes before `v`. */
AVX2 __m256i faults(__m256i v, __m256i last)
{
    __m256i third = _mm256_subs_epu8(BEFORE(v, last, 2), _mm256_set1_epi8((char)(0xe0 - 0x80)));
    __m256i fourth = _mm256_subs_epu8(BEFORE(v, last, 3), _mm256_set1_epi8((char)(0xf0 - 0x80)));
    __m256i due = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(due, pair_faults(v, BEFORE(v, last, 1)));
}

/* Without a character at the end that is not whole: at most three bytes. */
static size_t whole_characters(const char *p, size_t n)
{
    size_t i = n;
    while (i > 0 && n - i < 3 && ((uint8_t)p[i - 1] & 0xc0) == 0x80)
        i--;
    return i > 0 && (uint8_t)p[i - 1] >= 0xc0 ? i - 1 : n;
}

__attribute__((target("avx2"))) static size_t utf8_blocks_avx2(const char *p, size_t n)
{
    __m256i last = _mm256_setzero_si256();
    size_t i = 0;
    for (; n - i >= BLOCK_BYTES; i += BLOCK_BYTES) {
        __m256i low = _mm256_loadu_si256((const __m256i_u *)(p + i));
        __m256i high = _mm256_loadu_si256((const __m256i_u *)(p + i + BLOCK_BYTES / 2));
        __m256i any = _mm256_or_si256(_mm256_or_si256(low, high), last);
        if (_mm256_movemask_epi8(any) != 0) {
            __m256i wrong = _mm256_or_si256(faults(low, last), faults(high, low));
            if (_mm256_testz_si256(wrong, wrong) == 0)
                break;
        }
        last = high;
    }
    return whole_characters(p, i);
}

utf8_blocks_fn *utf8_blocks_best(void)
{
    return __builtin_cpu_supports("avx2") ? utf8_blocks_avx2 : utf8_blocks_portable;
}
#else
utf8_blocks_fn *utf8_blocks_best(void)
{
    return utf8_blocks_portable;
}
#endif
