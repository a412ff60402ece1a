/* SPDX-License-Identifier: PostgreSQL */
#include "advise/advise.h"
#include "base/str.h"

#include <check.h>

#include <string.h>

static struct arena *arena;
static struct record *rec;
static struct config config;

static void before(void)
{
    arena = arena_new();
    rec = record_new(arena);
    config = (struct config){0};
}

static void after(void)
{
    arena_free(arena);
}

/* What is recommended under a code, or NULL. */
static const struct recommendation *advised(const char *code)
{
    rec->recommendations.n = 0;
    advise_recommend(arena, &config, rec);
    VEC_EACH (const struct recommendation, x, &rec->recommendations) {
        ck_assert_ptr_nonnull(x->text);
        ck_assert_msg(strpbrk(x->evidence, "0123456789") != NULL, "%s: no figure", x->code);
        if (str_eq(x->code, code))
            return x;
    }
    return NULL;
}

static void restored(int64_t took_us, int64_t bytes)
{
    rec->restore.statements = 100;
    rec->restore.took_us = took_us;
    rec->restore.bytes = bytes;
    rec->restore.analyze_us = 1000;
}

static void add_timing(struct vec *list, const char *name, int64_t took_us)
{
    *(struct timing *)vec_push(list) = (struct timing){.name = name, .took_us = took_us};
}

START_TEST(test_empty_record_gives_no_advice)
{
    ck_assert_ptr_null(advised("ANY"));
    ck_assert_uint_eq(rec->recommendations.n, 0);
}
END_TEST

START_TEST(test_largest_phase_is_named_with_its_share)
{
    restored(10000000, 1000);
    add_timing(&rec->restore.phases, "pre-data", 100000);
    add_timing(&rec->restore.phases, "data", 2900000);
    add_timing(&rec->restore.phases, "post-data", 7000000);
    const struct recommendation *x = advised("RESTORE_PHASE");
    ck_assert_ptr_nonnull(x);
    ck_assert_ptr_nonnull(strstr(x->text, "indexes"));
    ck_assert_ptr_nonnull(strstr(x->evidence, "70 %"));
}
END_TEST

START_TEST(test_slowest_statement_counts_from_a_fifth_on)
{
    restored(10000000, 1000);
    add_timing(&rec->restore.slowest, "CREATE INDEX big", 1900000);
    ck_assert_ptr_null(advised("RESTORE_SLOWEST"));
    add_timing(&rec->restore.slowest, "CREATE INDEX bigger", 2100000);
    const struct recommendation *x = advised("RESTORE_SLOWEST");
    ck_assert_ptr_nonnull(x);
    ck_assert_ptr_nonnull(strstr(x->text, "CREATE INDEX bigger"));
}
END_TEST

START_TEST(test_headroom_is_extrapolated_from_the_rate)
{
    restored(12000000, 220000000);
    config.is_set[OPT_ID_objective_restore_time] = true;
    config.objective_restore_time_us = 60000000;
    const struct recommendation *x = advised("RESTORE_HEADROOM");
    ck_assert_ptr_nonnull(x);
    ck_assert_msg(strstr(x->text, str_bytes(arena, 1100000000)) != NULL, "%s", x->text);
    restored(61000000, 220000000);
    ck_assert_ptr_null(advised("RESTORE_HEADROOM"));
}
END_TEST

START_TEST(test_missing_analyze_is_told)
{
    restored(1000, 1000);
    ck_assert_ptr_null(advised("ANALYZE_MISSING"));
    rec->restore.analyze_us = 0;
    ck_assert_ptr_nonnull(advised("ANALYZE_MISSING"));
}
END_TEST

START_TEST(test_slow_gzip_dump_points_to_zstd)
{
    rec->backup.compression = "gzip";
    rec->backup.sql_bytes = 1000000000;
    rec->backup.size_bytes = 200000000;
    rec->backup.took_us = KNOWN(20000000);
    ck_assert_ptr_nonnull(advised("BACKUP_ZSTD"));
    rec->backup.took_us = KNOWN(11000000);
    ck_assert_ptr_null(advised("BACKUP_ZSTD"));
    rec->backup.compression = "none";
    ck_assert_ptr_nonnull(advised("BACKUP_UNCOMPRESSED"));
}
END_TEST

START_TEST(test_age_near_its_limit_is_told_before_it_is_missed)
{
    config.is_set[OPT_ID_objective_backup_age] = true;
    config.objective_backup_age_us = 100;
    rec->backup.age_us = KNOWN(79);
    ck_assert_ptr_null(advised("BACKUP_AGE_NEAR"));
    rec->backup.age_us = KNOWN(80);
    ck_assert_ptr_nonnull(advised("BACKUP_AGE_NEAR"));
    rec->backup.age_us = KNOWN(101);
    ck_assert_ptr_null(advised("BACKUP_AGE_NEAR"));
}
END_TEST

START_TEST(test_missing_roles_ask_for_the_globals_and_are_named)
{
    record_finding(rec, (struct finding){.code = "ROLE_MISSING",
                                         .subject = "app, reader",
                                         .text = "the dump refers to 2 roles"});
    const struct recommendation *x = advised("DUMP_GLOBALS");
    ck_assert_ptr_nonnull(x);
    ck_assert_str_eq(x->evidence, "the dump refers to 2 roles: app, reader");
}
END_TEST

START_TEST(test_pool_size_follows_from_its_use)
{
    struct pool_facts *p = &rec->load.pool;
    *p = (struct pool_facts){.takes = 100, .max = 50, .peak = 50, .queued = 7};
    p->utilization_percent = 84.0;
    const struct recommendation *x = advised("POOL_LARGER");
    ck_assert_ptr_nonnull(x);
    ck_assert_ptr_nonnull(strstr(x->text, "60"));
    p->utilization_percent = 20.0;
    p->peak = 16;
    p->queued = 0;
    ck_assert_ptr_null(advised("POOL_LARGER"));
    x = advised("POOL_SMALLER");
    ck_assert_ptr_nonnull(x);
    ck_assert_ptr_nonnull(strstr(x->text, "20"));
    p->queued = 1;
    ck_assert_ptr_null(advised("POOL_SMALLER"));
}
END_TEST

START_TEST(test_latency_is_laid_to_the_pool_or_to_the_statements)
{
    struct load_facts *l = &rec->load;
    l->response = (struct latency){.n = 1, .p99_us = 1000000};
    l->pool.wait.p99_us = 600000;
    l->service.p99_us = 400000;
    ck_assert_ptr_nonnull(advised("LATENCY_POOL"));
    ck_assert_ptr_null(advised("LATENCY_STATEMENTS"));
    l->pool.wait.p99_us = 100000;
    l->service.p99_us = 900000;
    ck_assert_ptr_null(advised("LATENCY_POOL"));
    ck_assert_ptr_nonnull(advised("LATENCY_STATEMENTS"));
    l->response.p99_us = 20000;
    ck_assert_ptr_null(advised("LATENCY_STATEMENTS"));
}
END_TEST

START_TEST(test_pool_near_the_servers_connections_is_told)
{
    rec->load.pool.max = 50;
    rec->source.max_connections = KNOWN(100);
    ck_assert_ptr_null(advised("POOL_NEAR_MAX_CONNECTIONS"));
    rec->source.max_connections = KNOWN(60);
    ck_assert_ptr_nonnull(advised("POOL_NEAR_MAX_CONNECTIONS"));
}
END_TEST

START_TEST(test_busy_generator_makes_the_figures_a_lower_bound)
{
    rec->load.transactions = 5;
    rec->load.generator_busy_percent = 95.0;
    ck_assert_ptr_nonnull(advised("GENERATOR_BUSY"));
}
END_TEST

Suite *suite_advise_recommend(void);
Suite *suite_advise_recommend(void)
{
    Suite *s = suite_create("advise/recommend");
    TCase *t = tcase_create("recommend");
    tcase_add_checked_fixture(t, before, after);
    tcase_add_test(t, test_empty_record_gives_no_advice);
    tcase_add_test(t, test_largest_phase_is_named_with_its_share);
    tcase_add_test(t, test_slowest_statement_counts_from_a_fifth_on);
    tcase_add_test(t, test_headroom_is_extrapolated_from_the_rate);
    tcase_add_test(t, test_missing_analyze_is_told);
    tcase_add_test(t, test_slow_gzip_dump_points_to_zstd);
    tcase_add_test(t, test_age_near_its_limit_is_told_before_it_is_missed);
    tcase_add_test(t, test_missing_roles_ask_for_the_globals_and_are_named);
    tcase_add_test(t, test_pool_size_follows_from_its_use);
    tcase_add_test(t, test_latency_is_laid_to_the_pool_or_to_the_statements);
    tcase_add_test(t, test_pool_near_the_servers_connections_is_told);
    tcase_add_test(t, test_busy_generator_makes_the_figures_a_lower_bound);
    suite_add_tcase(s, t);
    return s;
}
