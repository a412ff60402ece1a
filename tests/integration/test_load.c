/* SPDX-License-Identifier: PostgreSQL */
/* The load and its pool against a real server, in good times and bad. */
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "lib/cluster.h"
#include "load/load.h"
#include "pg/async.h"
#include "pool/driver.h"
#include "pool/pool.h"

#include <check.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *suite_load(void);

static struct arena *arena;
static struct record *record;
static struct config config;
static struct interrupt intr;
static const char *dsn;
static struct err e;

static void set_up(void)
{
    arena = arena_new();
    record = record_new(arena);
    e = (struct err){0};
    dsn = test_cluster_database();
    ck_assert_msg(interrupt_open(&intr, &e), "%s", e.text);
    config = (struct config){.load_users = 20,
                             .load_duration_us = 2 * CLOCK_SECOND_US,
                             .load_warmup_us = CLOCK_SECOND_US / 2,
                             .load_think_us = 20000,
                             .load_seed = 1,
                             .load_timeout_us = 10 * CLOCK_SECOND_US,
                             .pool_min = 5,
                             .pool_max = 20,
                             .pool_queue = 1000,
                             .pool_connection_timeout_us = 10 * CLOCK_SECOND_US,
                             .pool_idle_timeout_us = 300 * CLOCK_SECOND_US,
                             .pool_max_lifetime_us = 3600 * CLOCK_SECOND_US,
                             .pool_health_interval_us = 60 * CLOCK_SECOND_US};
}

static void tear_down(void)
{
    interrupt_cleanup(&intr);
    arena_free(arena);
}

/* The only script of the load. */
static void use_script(const char *text)
{
    const char *path = fs_join(arena, test_cluster_folder(), "script.sql");
    const char **items = arena_alloc(arena, sizeof *items);
    ck_assert_msg(fs_write_file(arena, path, 0600, slice_of(text), &e), "%s", e.text);
    items[0] = path;
    config.load_script = (struct opt_list){.items = items, .n = 1};
}

static bool run(void)
{
    return load_run(
        &(struct load_job){.arena = arena, .config = &config, .dsn = dsn, .intr = &intr}, record,
        &e);
}

static const struct load_facts *must_run(void)
{
    ck_assert_msg(run(), "%s", e.text);
    return &record->load;
}

static const struct finding *finding(const char *code)
{
    VEC_EACH (const struct finding, f, &record->findings)
        if (str_eq(f->code, code))
            return f;
    return NULL;
}

static int64_t errors_of(const char *kind)
{
    VEC_EACH (const struct error_count, x, &record->load.errors)
        if (str_eq(x->sqlstate, kind))
            return x->n;
    return 0;
}

/* Does something beside the load, `after_us` from now. */
static pid_t beside(int64_t after_us, void (*work)(void))
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        (void)usleep((useconds_t)after_us);
        work();
        _exit(0);
    }
    return pid;
}

static void make_shop(void)
{
    test_cluster_sql(
        dsn, "CREATE TABLE customer (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), n int);"
             "CREATE TABLE \"Order\" (region text, no int, customer uuid REFERENCES customer,"
             "  filler text DEFAULT repeat('x', 100), PRIMARY KEY (region, no))"
             "  PARTITION BY LIST (region);"
             "CREATE TABLE order_a PARTITION OF \"Order\" FOR VALUES IN ('a');"
             "CREATE TABLE order_b PARTITION OF \"Order\" FOR VALUES IN ('b');"
             "CREATE INDEX ON \"Order\" (customer);"
             "CREATE TABLE keyless (n int);"
             "CREATE TABLE empty (id int PRIMARY KEY);"
             "INSERT INTO customer (n) SELECT generate_series(1, 2000);"
             "INSERT INTO \"Order\" (region, no, customer)"
             "  SELECT CASE n % 2 WHEN 0 THEN 'a' ELSE 'b' END, n, id FROM customer;"
             "ANALYZE;");
}

/* ---- what is loaded ---- */

START_TEST(test_without_scripts_keys_of_the_database_are_looked_up)
{
    make_shop();
    const struct load_facts *f = must_run();
    ck_assert_int_eq(f->n_errors, 0);
    ck_assert_uint_eq(f->scripts.n,
                      3); /* two keys, one foreign key; nothing on empty and keyless */
    VEC_EACH (const struct script_facts, s, &f->scripts)
        ck_assert_msg(s->transactions > 0, "%s was never run", s->name);
    ck_assert_uint_eq(record->findings.n, 0);
    /* A look-up finds its row: every key that was sampled is there. */
    ck_assert_int_ge(test_cluster_int(dsn, "SELECT count(*) FROM \"Order\""), 2000);
}
END_TEST

START_TEST(test_without_any_key_there_is_nothing_to_load)
{
    test_cluster_sql(dsn, "CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
    ck_assert(!run());
    ck_assert_int_eq(e.code, ERR_MISSING);
    test_cluster_sql(dsn, "CREATE TABLE u (n int PRIMARY KEY)");
    ck_assert(!run());
    ck_assert_int_eq(e.code, ERR_MISSING);
    ck_assert_ptr_nonnull(strstr(e.text, "no rows"));
}
END_TEST

START_TEST(test_a_script_that_cannot_be_read_stops_before_anything_starts)
{
    use_script("SELECT :x;");
    dsn = "host=/nonexistent";
    ck_assert(!run());
    ck_assert_int_eq(e.code, ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(e.text, "script.sql:1"));
}
END_TEST

START_TEST(test_the_same_seed_gives_the_same_statements)
{
    use_script("\\set a random(1, 1000000000)\n\\set b random_zipfian(1, 1000000, 1.5)\n"
               "INSERT INTO log (client, a, b) VALUES (:client_id, :a, :b);");
    config.load_duration_us = CLOCK_SECOND_US;
    for (int i = 0; i < 2; i++) {
        test_cluster_sql(dsn, "CREATE TABLE log (id serial, client int, a int, b int)");
        ck_assert_int_eq(must_run()->n_errors, 0);
        test_cluster_sql(dsn, i == 0 ? "ALTER TABLE log RENAME TO first" : "SELECT 1");
        record = record_new(arena);
        if (i == 0)
            test_cluster_sql(dsn, "ALTER SEQUENCE log_id_seq RENAME TO first_id_seq");
    }
    static const char numbered[] =
        "SELECT count(*) FROM (SELECT *, row_number() OVER (PARTITION BY client ORDER BY id) k FROM"
        " first) x JOIN (SELECT *, row_number() OVER (PARTITION BY client ORDER BY id) k FROM log) "
        "y"
        " USING (client, k) WHERE (x.a, x.b) %s (y.a, y.b)";
    ck_assert_int_eq(test_cluster_int(dsn, arena_printf(arena, numbered, "<>")), 0);
    ck_assert_int_ge(test_cluster_int(dsn, arena_printf(arena, numbered, "=")), 500);
    ck_assert_int_ge(test_cluster_int(dsn, "SELECT count(DISTINCT a) FROM log"), 500);
}
END_TEST

START_TEST(test_query_values_and_transactions_of_several_statements_work)
{
    test_cluster_sql(dsn, "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);"
                          "INSERT INTO t SELECT generate_series(1, 500)");
    use_script("\\query top SELECT max(id) FROM t;\n\\query word SELECT 'abc'\n"
               "\\set id random(1, :top)\nBEGIN;\nUPDATE t SET n = n + 1 WHERE id = :id;\n"
               "\\sleep 1 ms\nSELECT 1 / length(:word);\nCOMMIT;");
    const struct load_facts *f = must_run();
    ck_assert_int_eq(f->n_errors, 0);
    ck_assert_int_ge(f->service.p50_us, 1000);
    /* What was committed is there: nothing counted twice, nothing lost. */
    ck_assert_int_ge(test_cluster_int(dsn, "SELECT sum(n) FROM t"), f->transactions);
    ck_assert_int_ge(test_cluster_int(dsn, "SELECT max(id) FROM t WHERE n > 0"), 400);
}
END_TEST

/* ---- what is measured ---- */

START_TEST(test_users_offer_what_their_think_time_says)
{
    make_shop();
    config.load_users = 100;
    config.load_think_us = 100000;
    config.load_duration_us = 4 * CLOCK_SECOND_US;
    const struct load_facts *f = must_run();
    ck_assert_double_eq_tol(f->tps, 1000, 60);
    ck_assert_double_ge(f->law_percent, 97);
    ck_assert_double_le(f->law_percent, 100.01);
    ck_assert_uint_eq(f->seconds.n, 4);
    ck_assert_int_ge(f->backends, 5);
    ck_assert_int_eq(f->not_started, 0);
    ck_assert_double_le(f->generator_busy_percent, 60);
}
END_TEST

START_TEST(test_a_thousand_users_are_a_matter_of_configuration)
{
    make_shop();
    config.load_users = 1000;
    config.load_think_us = CLOCK_SECOND_US;
    config.load_warmup_us = CLOCK_SECOND_US;
    config.load_duration_us = 3 * CLOCK_SECOND_US;
    const struct load_facts *f = must_run();
    ck_assert_int_eq(f->n_errors, 0);
    ck_assert_double_eq_tol(f->tps, 1000, 100);
}
END_TEST

static void lock_for_1500_ms(void)
{
    test_cluster_sql(dsn, "BEGIN; LOCK TABLE customer; SELECT pg_sleep(1.5); COMMIT");
}

START_TEST(test_a_stall_is_seen_by_everybody_who_wanted_something)
{
    make_shop();
    config.load_duration_us = 4 * CLOCK_SECOND_US;
    use_script("SELECT count(*) FROM customer WHERE n < 3;");
    pid_t locker = beside(1500000, lock_for_1500_ms);
    const struct load_facts *f = must_run();
    (void)waitpid(locker, NULL, 0);
    ck_assert_int_ge(f->response.p99_us, 1200000);
    ck_assert_int_ge(f->response.p90_us, 500000); /* 1.5 of 4 seconds were bad for all */
    ck_assert_int_lt(f->service.p90_us, 500000);  /* which the plain clock does not show */
    ck_assert_int_eq(f->n_errors, 0);
}
END_TEST

START_TEST(test_nothing_committed_is_critical)
{
    use_script("SELECT 1 / 0;");
    const struct load_facts *f = must_run();
    ck_assert_int_eq(f->transactions, 0);
    ck_assert_int_gt(errors_of("22012"), 100);
    const struct finding *found = finding("LOAD_NOTHING_COMMITTED");
    ck_assert_ptr_nonnull(found);
    ck_assert_int_eq(found->severity, SEVERITY_CRITICAL);
}
END_TEST

START_TEST(test_conflicts_are_retried_and_counted_apart)
{
    test_cluster_sql(dsn,
                     "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 0)");
    use_script("BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT n FROM t;\n\\sleep 2 ms\n"
               "UPDATE t SET n = n + 1;\nCOMMIT;");
    const struct load_facts *f = must_run();
    ck_assert_int_gt(f->retries, 0);
    ck_assert_int_gt(f->transactions, 0);
    ck_assert_int_eq(f->n_errors, errors_of("40001") + errors_of("40P01"));
    ck_assert_int_eq(f->pool.dirty, 0); /* rolled back by the user, not left to the pool */
}
END_TEST

START_TEST(test_a_script_that_ends_inside_a_transaction_is_an_error)
{
    use_script("BEGIN;\nSELECT 1;");
    const struct load_facts *f = must_run();
    ck_assert_int_eq(f->transactions, 0);
    ck_assert_int_gt(errors_of("OPEN_TRANSACTION"), 100);
    ck_assert_int_eq(f->pool.lost, 0);
}
END_TEST

START_TEST(test_a_statement_is_cancelled_at_its_deadline_and_the_connection_lives)
{
    use_script("SELECT pg_sleep(20);");
    config.load_timeout_us = 200000;
    int64_t began_us = clock_mono_us();
    const struct load_facts *f = must_run();
    ck_assert_int_gt(errors_of("STATEMENT_TIMEOUT"), 20);
    ck_assert_int_eq(f->n_errors, errors_of("STATEMENT_TIMEOUT"));
    ck_assert_int_le(f->pool.lost, 2);
    ck_assert_int_lt(clock_mono_us() - began_us, 5 * CLOCK_SECOND_US);
    ck_assert_int_eq(test_cluster_int(dsn, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
                                           "'SELECT pg_sleep%' AND state = 'active'"),
                     0);
}
END_TEST

START_TEST(test_a_large_result_neither_hangs_nor_fills_the_memory)
{
    use_script("SELECT repeat('x', 1000) FROM generate_series(1, 20000);");
    config.load_users = 4;
    const struct load_facts *f = must_run();
    ck_assert_int_gt(f->transactions, 5);
    ck_assert_int_eq(f->n_errors, 0);
}
END_TEST

START_TEST(test_waits_beyond_the_timeout_are_told_with_the_state_of_the_pool)
{
    use_script("SELECT pg_sleep(0.5);");
    config.pool_min = 1;
    config.pool_max = 2;
    config.pool_connection_timeout_us = 300000;
    const struct load_facts *f = must_run();
    ck_assert_int_gt(f->pool.timeouts, 0);
    ck_assert_int_gt(errors_of("POOL_TIMEOUT"), 0);
    ck_assert_ptr_nonnull(finding("POOL_TIMEOUTS"));
    ck_assert_ptr_nonnull(finding("POOL_SETTINGS")); /* a maximum below 20 */
    ck_assert_double_ge(f->pool.utilization_percent, 95);
}
END_TEST

/* ---- bad times ---- */

static void terminate_all(void)
{
    test_cluster_sql(dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                          " WHERE datname = current_database() AND pid <> pg_backend_pid()");
}

START_TEST(test_a_load_goes_on_when_all_its_connections_are_killed)
{
    make_shop();
    config.load_duration_us = 3 * CLOCK_SECOND_US;
    pid_t killer = beside(1500000, terminate_all);
    const struct load_facts *f = must_run();
    (void)waitpid(killer, NULL, 0);
    ck_assert_int_ge(f->pool.lost, 4);
    ck_assert_int_le(f->n_errors, 20);
    const struct second_facts *last = vec_at(&f->seconds, f->seconds.n - 1);
    ck_assert_int_gt(last->transactions, 500);
    ck_assert_ptr_nonnull(finding("POOL_CONNECTIONS_LOST"));
}
END_TEST

static pid_t victim;

static void kill_victim(void)
{
    (void)kill(victim, SIGQUIT);
}

START_TEST(test_a_server_that_dies_for_good_ends_the_load_in_time_with_errors)
{
    struct cluster_wish wish = {.dir = test_cluster_folder(),
                                .bindir = test_cluster_installation()->bindir};
    struct server_facts facts = {0};
    CLEANUP(cluster_cleanup) struct cluster c = {0};
    ck_assert_msg(target_account(NULL, &wish.account, &e), "%s", e.text);
    ck_assert_msg(cluster_start(arena, &wish, &c, &facts, &e), "%s", e.text);
    dsn = c.dsn;
    victim = c.postmaster.pid;
    config.pool_connection_timeout_us = 30 * CLOCK_SECOND_US;
    use_script("SELECT 1;");
    pid_t killer = beside(1500000, kill_victim);
    int64_t began_us = clock_mono_us();
    const struct load_facts *f = must_run();
    (void)waitpid(killer, NULL, 0);
    ck_assert_int_gt(f->transactions, 100);
    ck_assert_int_eq(errors_of("NO_CONNECTION"), 20);
    ck_assert_ptr_nonnull(finding("LOAD_ERRORS"));
    ck_assert_ptr_nonnull(finding("POOL_CONNECT_ERRORS"));
    ck_assert_int_lt(clock_mono_us() - began_us, 15 * CLOCK_SECOND_US);
}
END_TEST

static void interrupt_parent(void)
{
    (void)kill(getppid(), SIGTERM);
}

START_TEST(test_a_signal_ends_the_load_at_once)
{
    make_shop();
    config.load_duration_us = 60 * CLOCK_SECOND_US;
    pid_t killer = beside(1000000, interrupt_parent);
    int64_t began_us = clock_mono_us();
    ck_assert(!run());
    (void)waitpid(killer, NULL, 0);
    ck_assert_int_eq(e.code, ERR_INTERRUPTED);
    ck_assert_int_lt(clock_mono_us() - began_us, 3 * CLOCK_SECOND_US);
}
END_TEST

/* ---- the pool by itself ---- */

struct taker {
    struct loop *loop;
    struct pool_ticket ticket;
    struct pool_slot *slot;
    int64_t got_us;
};

static void taken(void *context, struct pool_slot *slot, const struct err *failure)
{
    struct taker *t = context;
    ck_assert_msg(slot != NULL, "%s", failure == NULL ? "" : failure->text);
    t->slot = slot;
    t->got_us = clock_mono_us();
    loop_stop(t->loop);
}

static void pass(struct loop *l, int64_t us)
{
    ck_assert_msg(loop_run(l, clock_mono_us() + us, &e), "%s", e.text);
}

static void take(struct pool *p, struct taker *t)
{
    pool_take(p, &t->ticket, taken, t);
    if (t->slot == NULL)
        pass(t->loop, 10 * CLOCK_SECOND_US);
    ck_assert(t->slot != NULL);
}

static struct pool *real_pool(struct loop *l)
{
    return pool_new(&(struct pool_how){.arena = arena,
                                       .loop = l,
                                       .driver = &pool_driver_pg,
                                       .driver_context = arena_strdup(arena, dsn),
                                       .set = {.min = 0,
                                               .max = 3,
                                               .queue = 100,
                                               .timeout_us = 10 * CLOCK_SECOND_US,
                                               .idle_timeout_us = 300 * CLOCK_SECOND_US,
                                               .max_lifetime_us = 3600 * CLOCK_SECOND_US,
                                               .health_interval_us = 60 * CLOCK_SECOND_US}});
}

START_TEST(test_a_backend_that_does_not_answer_costs_the_ping_limit_and_a_login)
{
    struct loop *l = loop_new(&intr);
    struct pool *p = real_pool(l);
    struct taker first = {.loop = l}, second = {.loop = l};
    take(p, &first);
    pid_t backend = async_backend_pid(pool_link(first.slot));
    pool_give(first.slot);
    pass(l, 1100000);
    ck_assert_int_eq(kill(backend, SIGSTOP), 0);
    int64_t asked_us = clock_mono_us();
    take(p, &second);
    ck_assert_int_eq(kill(backend, SIGCONT), 0);
    ck_assert_int_ne(async_backend_pid(pool_link(second.slot)), backend);
    ck_assert_int_ge(second.got_us - asked_us, 500000);
    ck_assert_int_lt(second.got_us - asked_us, 1000000);
    pool_free(p);
    loop_free(l);
}
END_TEST

START_TEST(test_a_connection_killed_while_idle_is_never_handed_out)
{
    struct loop *l = loop_new(&intr);
    struct pool *p = real_pool(l);
    struct taker first = {.loop = l}, second = {.loop = l};
    take(p, &first);
    int backend = async_backend_pid(pool_link(first.slot));
    pool_give(first.slot);
    terminate_all();
    (void)usleep(100000); /* the loop does not run: only the look at the socket can tell */
    take(p, &second);
    ck_assert_int_ne(async_backend_pid(pool_link(second.slot)), backend);
    ck_assert_int_eq(pool_stats(p).lost, 1);
    pool_free(p);
    loop_free(l);
}
END_TEST

START_TEST(test_a_refused_login_is_known_by_its_sqlstate)
{
    struct loop *l = loop_new(&intr);
    dsn = arena_printf(arena, "%s dbname=no_such_database", dsn);
    struct pool *p = real_pool(l);
    struct pool_ticket ticket = {0};
    struct taker t = {.loop = l};
    pool_take(p, &ticket, taken, &t);
    pass(l, 300000);
    ck_assert_str_eq(pool_stats(p).last_connect_error.sqlstate, "3D000");
    ck_assert_ptr_nonnull(strstr(pool_stats(p).last_connect_error.text, "no_such_database"));
    pool_free(p);
    loop_free(l);
}
END_TEST

static TCase *load_case(void)
{
    TCase *t = tcase_create("load");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, test_cluster_start, NULL);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_without_scripts_keys_of_the_database_are_looked_up);
    tcase_add_test(t, test_without_any_key_there_is_nothing_to_load);
    tcase_add_test(t, test_a_script_that_cannot_be_read_stops_before_anything_starts);
    tcase_add_test(t, test_the_same_seed_gives_the_same_statements);
    tcase_add_test(t, test_query_values_and_transactions_of_several_statements_work);
    tcase_add_test(t, test_users_offer_what_their_think_time_says);
    tcase_add_test(t, test_a_thousand_users_are_a_matter_of_configuration);
    tcase_add_test(t, test_a_stall_is_seen_by_everybody_who_wanted_something);
    tcase_add_test(t, test_nothing_committed_is_critical);
    tcase_add_test(t, test_conflicts_are_retried_and_counted_apart);
    tcase_add_test(t, test_a_script_that_ends_inside_a_transaction_is_an_error);
    tcase_add_test(t, test_a_statement_is_cancelled_at_its_deadline_and_the_connection_lives);
    tcase_add_test(t, test_a_large_result_neither_hangs_nor_fills_the_memory);
    tcase_add_test(t, test_waits_beyond_the_timeout_are_told_with_the_state_of_the_pool);
    return t;
}

static TCase *trouble_case(void)
{
    TCase *t = tcase_create("trouble");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, test_cluster_start, NULL);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_a_load_goes_on_when_all_its_connections_are_killed);
    tcase_add_test(t, test_a_server_that_dies_for_good_ends_the_load_in_time_with_errors);
    tcase_add_test(t, test_a_signal_ends_the_load_at_once);
    tcase_add_test(t, test_a_backend_that_does_not_answer_costs_the_ping_limit_and_a_login);
    tcase_add_test(t, test_a_connection_killed_while_idle_is_never_handed_out);
    tcase_add_test(t, test_a_refused_login_is_known_by_its_sqlstate);
    return t;
}

Suite *suite_load(void)
{
    Suite *s = suite_create("load");
    suite_add_tcase(s, load_case());
    suite_add_tcase(s, trouble_case());
    return s;
}
