/* SPDX-License-Identifier: PostgreSQL */
#include "dump/lexer_skip.h"

#include <stdint.h>

enum { BLOCK_BYTES = 64 };

size_t lexer_skip_portable(const char *bytes, size_t n, bool *in_string)
{
    (void)bytes;
    (void)n;
    *in_string = false;
    return 0;
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2"))) static inline

/* Where in 64 bytes: quotes, the letter of an escape string, and what needs thought: "$-/();\ */
struct skip_masks {
    uint64_t quote, e, special;
};

/* What needs thought has a bit that both halves of its byte allow: 1 is for 2x, 2 for 3x, 4 for 5x.
 */
AVX2 __m256i specials(__m256i v)
{
    const __m256i by_lower =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0, 2, 4, 1, 0, 1));
    const __m256i by_upper =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m256i half = _mm256_set1_epi8(0x0f);
    __m256i lower = _mm256_shuffle_epi8(by_lower, _mm256_and_si256(v, half));
    __m256i upper = _mm256_shuffle_epi8(by_upper, _mm256_and_si256(_mm256_srli_epi16(v, 4), half));
    return _mm256_cmpgt_epi8(_mm256_and_si256(lower, upper), _mm256_setzero_si256());
}

AVX2 uint64_t mask_of(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
                                                     << 32;
}

AVX2 __m256i are(__m256i v, char c)
{
    return _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c));
}

AVX2 struct skip_masks masks_of(const char *p)
{
    __m256i low = _mm256_loadu_si256((const __m256i_u *)p);
    __m256i high = _mm256_loadu_si256((const __m256i_u *)(p + BLOCK_BYTES / 2));
    __m256i small = _mm256_set1_epi8(0x20);
    return (struct skip_masks){
        .quote = mask_of(are(low, '\''), are(high, '\'')),
        .e = mask_of(are(_mm256_or_si256(low, small), 'e'), are(_mm256_or_si256(high, small), 'e')),
        .special = mask_of(specials(low), specials(high)),
    };
}

/* From each odd bit on, up to before the next one, all bits are set. */
static uint64_t between(uint64_t bits)
{
    for (unsigned shift = 1; shift < 64; shift *= 2)
        bits ^= bits << shift;
    return bits;
}

static bool in_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' ||
           c == '$' || (c & 0x80) != 0;
}

static size_t word_start(const char *p, size_t i)
{
    while (i > 0 && in_word(p[i - 1]))
        i--;
    return i;
}

__attribute__((target("avx2"))) static size_t lexer_skip_avx2(const char *p, size_t n,
                                                              bool *in_string)
{
    uint64_t inside = 0, e = 0; /* of the last byte: all bits, the lowest bit */
    size_t i = 0;
    for (; n - i >= BLOCK_BYTES; i += BLOCK_BYTES) {
        struct skip_masks m = masks_of(p + i);
        uint64_t strings = between(m.quote) ^ inside;
        uint64_t escapes = m.quote & strings & (m.e << 1 | e);
        uint64_t stops = (m.special & ~strings) | escapes;
        if (stops != 0) {
            *in_string = false;
            return word_start(p, i + (unsigned)__builtin_ctzll(stops));
        }
        inside = (strings >> 63) != 0 ? UINT64_MAX : 0;
        e = m.e >> 63;
    }
    *in_string = inside != 0;
    return *in_string ? i : word_start(p, i);
}

lexer_skip_fn *lexer_skip_best(void)
{
    return __builtin_cpu_supports("avx2") ? lexer_skip_avx2 : lexer_skip_portable;
}
#else
lexer_skip_fn *lexer_skip_best(void)
{
    return lexer_skip_portable;
}
#endif
