/* SPDX-License-Identifier: PostgreSQL */
/* What may run beside what, without a server: seeded work, done in every order that the schedule
 * permits. */
#include "restore/schedule.h"
#include "stat/rng.h"

#include <check.h>

#include <stdlib.h>

enum { TABLES = 6, JOBS = 60, ROUNDS = 300 };

static struct arena *a;
static struct chunk_pool pool;
static struct schedule s;
static struct table *tables;

static void setup(void)
{
    a = arena_new();
    s = (struct schedule){.n_workers = 4, .n_builders = 3};
    tables = arena_alloc(a, TABLES * sizeof *tables);
}

static void teardown(void)
{
    while (s.first != NULL) {
        struct job *job = s.first;
        s.first = job->next;
        job_free(job, &pool);
    }
    chunk_pool_cleanup(&pool);
    arena_free(a);
}

static size_t below(struct rng *rng, size_t n)
{
    return (size_t)rng_range(rng, 0, (int64_t)n - 1);
}

static struct job *add(enum job_kind kind, size_t table, size_t other)
{
    static uint64_t offset;
    struct job *job = calloc(1, sizeof *job);
    ck_assert_ptr_nonnull(job);
    job->kind = kind;
    job->table = &tables[table];
    job->other = kind == JOB_FOREIGN_KEY ? &tables[other] : NULL;
    job->exclusive = kind != JOB_BUILD;
    job->ended = true;
    job->statement.offset = ++offset;
    schedule_add(&s, job);
    return job;
}

static void end(struct job *job)
{
    schedule_end(&s, job);
    job_free(job, &pool);
}

static bool in_tree(const struct job *job, struct table *root)
{
    return table_root(job->table) == root || (job->other != NULL && table_root(job->other) == root);
}

static bool conflict(const struct job *x, const struct job *y)
{
    if (x->kind == JOB_FOREIGN_KEY || y->kind == JOB_FOREIGN_KEY) {
        const struct job *key = x->kind == JOB_FOREIGN_KEY ? x : y, *job = key == x ? y : x;
        return in_tree(job, table_root(key->table)) || in_tree(job, table_root(key->other));
    }
    return x->table == y->table && (x->exclusive || y->exclusive);
}

/* An earlier job that must be over before this one starts. */
static bool needs(const struct job *job, const struct job *earlier)
{
    if (job->kind == JOB_FOREIGN_KEY)
        return earlier->kind != JOB_RIDER && (in_tree(earlier, table_root(job->table)) ||
                                              in_tree(earlier, table_root(job->other)));
    return job->table == earlier->table && (earlier->kind == JOB_COPY);
}

static void check_start(const struct job *job)
{
    size_t n = 0;
    for (const struct job *other = s.first; other != NULL; other = other->next) {
        n += other->running;
        if (other == job)
            continue;
        ck_assert(!other->running || !conflict(job, other));
        ck_assert(other->statement.offset > job->statement.offset || !needs(job, other));
    }
    ck_assert_uint_le(n, s.n_workers);
    ck_assert(job->kind != JOB_RIDER || job->after == NULL);
}

/* COPYs, then indexes with riders, then foreign keys, as a dump has them. */
static void add_work(struct rng *rng)
{
    for (size_t i = 0; i < TABLES; i++) {
        tables[i].bytes = below(rng, 1000);
        tables[i].parent = i > 3 ? &tables[i - 1] : NULL;
    }
    for (size_t i = 0; i < 12; i++)
        (void)add(JOB_COPY, below(rng, TABLES), 0);
    for (size_t i = 0; i < JOBS; i++) {
        struct job *build = add(JOB_BUILD, below(rng, TABLES), 0);
        build->exclusive = false;
        if (below(rng, 3) > 0)
            continue;
        struct job *rider = calloc(1, sizeof *rider);
        ck_assert_ptr_nonnull(rider);
        *rider = (struct job){.kind = JOB_RIDER, .table = build->table, .after = build};
        rider->exclusive = true;
        rider->statement.offset = build->statement.offset;
        schedule_add(&s, rider);
    }
    for (size_t i = 0; i < 12; i++)
        (void)add(JOB_FOREIGN_KEY, below(rng, TABLES), below(rng, TABLES));
}

START_TEST(test_nothing_runs_beside_what_it_conflicts_with_nor_before_what_it_needs)
{
    struct rng rng = rng_seeded((uint64_t)_i + 1, 0);
    struct job *running[8];
    size_t n = 0;
    add_work(&rng);
    s.n_builders = 1 + below(&rng, 3);
    while (s.n_open > 0) {
        struct job *job = schedule_start(&s);
        if (job != NULL) {
            check_start(job);
            running[n++] = job;
            continue;
        }
        ck_assert_msg(n > 0, "%zu jobs wait for each other", s.n_open);
        size_t which = below(&rng, n);
        end(running[which]);
        running[which] = running[--n];
    }
}
END_TEST

START_TEST(test_the_largest_table_comes_first)
{
    tables[1].bytes = 10;
    tables[2].bytes = 20;
    (void)add(JOB_BUILD, 1, 0);
    struct job *large = add(JOB_BUILD, 2, 0);
    ck_assert_ptr_eq(schedule_start(&s), large);
}
END_TEST

START_TEST(test_a_worker_is_kept_for_copies)
{
    s.n_workers = 2;
    s.n_builders = 1;
    (void)add(JOB_BUILD, 1, 0);
    (void)add(JOB_BUILD, 2, 0);
    ck_assert_ptr_nonnull(schedule_start(&s));
    ck_assert_ptr_null(schedule_start(&s));
    struct job *copy = add(JOB_COPY, 3, 0);
    ck_assert_ptr_eq(schedule_start(&s), copy);
}
END_TEST

START_TEST(test_the_last_indexes_are_built_with_helpers)
{
    (void)add(JOB_BUILD, 1, 0);
    ck_assert_uint_eq(schedule_start(&s)->helpers, 2);
    s.copies_come = true;
    (void)add(JOB_BUILD, 2, 0);
    ck_assert_uint_eq(schedule_start(&s)->helpers, 0);
    s.copies_come = false;
    (void)add(JOB_BUILD, 3, 0);
    (void)add(JOB_BUILD, 4, 0);
    ck_assert_uint_eq(schedule_start(&s)->helpers, 0);
}
END_TEST

START_TEST(test_a_copy_starts_when_enough_of_it_is_there)
{
    struct job *copy = add(JOB_COPY, 1, 0);
    static const char bytes[CHUNK_BYTES];
    copy->ended = false;
    for (size_t i = 0; i < COPY_CHUNKS_MIN; i++) {
        ck_assert_ptr_null(schedule_start(&s));
        ck_assert_uint_eq(chunk_put(&pool, &copy->data, bytes, sizeof bytes), sizeof bytes);
    }
    ck_assert_ptr_eq(schedule_start(&s), copy);
}
END_TEST

START_TEST(test_the_memory_for_data_has_a_bound)
{
    static const char bytes[CHUNK_BYTES];
    struct job *copy = add(JOB_COPY, 1, 0);
    size_t n = 0;
    while (chunk_put(&pool, &copy->data, bytes, sizeof bytes) == sizeof bytes)
        ck_assert_uint_le(++n, CHUNKS_MAX);
    ck_assert_uint_eq(n, CHUNKS_MAX);
    chunk_drop(&pool, &copy->data);
    ck_assert_uint_eq(chunk_put(&pool, &copy->data, bytes, sizeof bytes), sizeof bytes);
}
END_TEST

START_TEST(test_what_stands_before_a_place_is_known)
{
    struct job *first = add(JOB_BUILD, 1, 0), *second = add(JOB_BUILD, 2, 0);
    ck_assert(schedule_has_before(&s, second->statement.offset));
    ck_assert(!schedule_has_before(&s, first->statement.offset));
    ck_assert_uint_eq(schedule_first_offset(&s), first->statement.offset);
}
END_TEST

Suite *suite_restore_schedule(void);
Suite *suite_restore_schedule(void)
{
    Suite *suite = suite_create("restore/schedule");
    TCase *t = tcase_create("schedule");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, test_nothing_runs_beside_what_it_conflicts_with_nor_before_what_it_needs,
                        0, ROUNDS);
    tcase_add_test(t, test_the_largest_table_comes_first);
    tcase_add_test(t, test_a_worker_is_kept_for_copies);
    tcase_add_test(t, test_the_last_indexes_are_built_with_helpers);
    tcase_add_test(t, test_a_copy_starts_when_enough_of_it_is_there);
    tcase_add_test(t, test_the_memory_for_data_has_a_bound);
    tcase_add_test(t, test_what_stands_before_a_place_is_known);
    suite_add_tcase(suite, t);
    return suite;
}
