/* SPDX-License-Identifier: PostgreSQL */
/* Every prefix and every flipped bit of a small dump in every packing: always an answer, and never
 * "sound" where the packing has a checksum or the end is gone. */
#include "check/check.h"
#include "faults/base.h"
#include "faults/edit.h"

#include <check.h>

#include <string.h>

Suite *suite_flips(void);

/* One of the small fixtures; the encoding that is hardest to follow. */
static struct slice small(struct arena *a)
{
    return base_fixture(a, "sjis-15.sql");
}

/* Does no check of the file object? Every check must have come to an answer. */
static bool looks_sound(const struct record *r)
{
    bool sound = true;
    VEC_EACH (const struct check_facts, c, &r->checks) {
        ck_assert_int_ne(c->outcome, OUTCOME_PENDING);
        sound = sound && (c->outcome == OUTCOME_PASSED || c->outcome == OUTCOME_SKIPPED ||
                          c->outcome == OUTCOME_WARNED);
    }
    return sound;
}

static bool is_sound(struct slice file, int64_t *sql_bytes)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct config config = base_config();
    struct err e = {0};
    const struct record *r = base_try(a, file, &config, &e);
    if (r == NULL) { /* as where a flip asks for a dictionary: not verified */
        *sql_bytes = -1;
        return false;
    }
    *sql_bytes = r->backup.sql_bytes;
    return looks_sound(r);
}

START_TEST(test_no_prefix_is_sound)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice file = base_packed(a, small(a), (enum variant)_i);
    int64_t sql_bytes = 0;
    size_t end = file.n; /* newlines behind the last line prove nothing */
    while (_i == VARIANT_none && file.p[end - 1] == '\n')
        end--;
    for (size_t n = 0; n < end; n++)
        ck_assert_msg(!is_sound((struct slice){file.p, n}, &sql_bytes), "%s cut at byte %zu",
                      variant_words[_i], n);
    ck_assert(is_sound(file, &sql_bytes));
}
END_TEST

START_TEST(test_every_flipped_bit_has_an_answer)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice sql = small(a), file = base_packed(a, sql, (enum variant)_i);
    char *bytes = arena_strndup(a, file.p, file.n);
    memcpy(bytes, file.p, file.n);
    for (size_t bit = 0; bit < 8 * file.n; bit++) {
        int64_t sql_bytes = 0;
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        bool sound = is_sound((struct slice){bytes, file.n}, &sql_bytes);
        bytes[bit / 8] = file.p[bit / 8];
        if (sound && _i != VARIANT_none) /* in a field of the head that says nothing of the data */
            ck_assert_msg(sql_bytes == (int64_t)sql.n, "%s: bit %zu", variant_words[_i], bit);
    }
}
END_TEST

Suite *suite_flips(void)
{
    Suite *s = suite_create("flips");
    TCase *tc = tcase_create("flips");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, test_no_prefix_is_sound, 0, VARIANTS);
    tcase_add_loop_test(tc, test_every_flipped_bit_has_an_answer, 0, VARIANTS);
    suite_add_tcase(s, tc);
    return s;
}
