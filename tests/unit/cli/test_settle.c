/* SPDX-License-Identifier: PostgreSQL */
#include "base/fs.h"
#include "cli/settle.h"
#include "cli/value.h"

#include <check.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena *a;
static struct config config;
static struct err e;

static void set_up(void)
{
    a = arena_new();
    config = (struct config){0};
    e = (struct err){0};
    value_set_defaults(a, &config);
}

static void tear_down(void)
{
    arena_free(a);
}

static bool yaml(const char *text)
{
    return settle_yaml(a, slice_of(text), "x.yaml", &config, &e);
}

START_TEST(test_every_default_is_a_value_of_its_kind)
{
    ck_assert_uint_eq(config.load_users, 100);
    ck_assert_uint_eq(config.pool_min, 10);
    ck_assert_uint_eq(config.pool_max, 50);
    ck_assert_int_eq(config.pool_connection_timeout_us, 30000000);
    ck_assert_int_eq(config.pool_idle_timeout_us, 300000000);
    ck_assert_int_eq(config.pool_max_lifetime_us, 3600000000);
    ck_assert_int_eq(config.pool_health_interval_us, 60000000);
    ck_assert_str_eq(config.backup_compress, "gzip");
    ck_assert(!CONFIG_HAS(&config, source_dsn) && CONFIG_HAS(&config, load_users));
}
END_TEST

START_TEST(test_every_key_has_one_flag_and_one_variable)
{
    for (size_t i = 0; i < OPT_IDS; i++)
        for (size_t j = 0; j < i; j++) {
            ck_assert_str_ne(value_flag(a, &config_opts[i]), value_flag(a, &config_opts[j]));
            ck_assert_str_ne(value_env(a, &config_opts[i]), value_env(a, &config_opts[j]));
        }
    ck_assert_str_eq(value_flag(a, value_find("load.users")), "--load-users");
    ck_assert_str_eq(value_env(a, value_find("load.pool.min")), "PG_REHEARSE_LOAD_POOL_MIN");
}
END_TEST

START_TEST(test_a_whole_scenario_is_read)
{
    ck_assert_msg(yaml("name: nightly\n"
                       "source: { dsn: 'service=prod' }\n"
                       "load:\n"
                       "  users: 250\n"
                       "  think: 1.5s\n"
                       "  script: [a.sql@3, b.sql]\n"
                       "  pool: { min: 5, max: 60 }\n"
                       "objectives: { restore_time: 90s, pool: { utilization: 75% } }\n"
                       "strict: yes\n"),
                  "%s", e.text);
    ck_assert_str_eq(config.name, "nightly");
    ck_assert_str_eq(config.source_dsn, "service=prod");
    ck_assert_uint_eq(config.load_users, 250);
    ck_assert_int_eq(config.load_think_us, 1500000);
    ck_assert_uint_eq(config.load_script.n, 2);
    ck_assert_str_eq(config.load_script.items[1], "b.sql");
    ck_assert_uint_eq(config.pool_max, 60);
    ck_assert_double_eq_tol(config.objective_pool_utilization_percent, 75, 1e-9);
    ck_assert(config.strict);
    ck_assert_int_eq(config.origin[OPT_ID_load_users], OPT_FROM_FILE);
}
END_TEST

static const struct {
    const char *text, *message;
} mistakes[] = {
    {"load:\n  usrs: 3\n", "x.yaml:2:3: unknown key \"load.usrs\"; did you mean \"load.users\"?"},
    {"load:\n  users: many\n", "x.yaml:2:10: load.users: \"many\" is not a whole number from 0 on"},
    {"load: 3\n", "x.yaml:1:1: \"load\" must hold keys of its own"},
    {"load:\n  users: [1, 2]\n", "\"load.users\" must be a whole number"},
    {"target: { kind: lokal }\n", "\"lokal\" is not one of: auto local"},
    {"objectives: { restore_time: 60 }\n", "\"60\" is not a duration like 30s"},
    {"- a\n- b\n", "x.yaml: must hold keys and values at the top"},
    {"", "x.yaml: holds nothing"},
    {"load: {\n", "x.yaml:2:1: error: "},
    {"name: a\nname: b\n", "x.yaml:2:1: error: duplicate key: this is no YAML"},
    {"name:\n", "x.yaml:1:1: \"name\" has no value"},
    {"unheard_of_thing: 1\n", "x.yaml:1:1: unknown key \"unheard_of_thing\""},
    {"name: &anchor x\nsource: { dsn: *anchor }\n", "\"source.dsn\" must be"},
    {"a: {b: {c: {d: {e: {f: {g: {h: {i: {j: 1}}}}}}}}}\n", "unknown key \"a\""},
};

START_TEST(test_a_mistake_is_refused_where_it_stands)
{
    ck_assert(!yaml(mistakes[_i].text));
    ck_assert_int_eq(e.code, ERR_USAGE);
    ck_assert_msg(strstr(e.text, mistakes[_i].message) != NULL, "said: %s", e.text);
}
END_TEST

START_TEST(test_a_secret_is_never_in_a_message)
{
    ck_assert(!value_set(a, &config, value_find("source.dsn"),
                         (struct value_item){"", OPT_FROM_FLAG}, &e));
    ck_assert(!value_set(a, &config, value_find("source.dsn"),
                         (struct value_item){"env:PGR_NOT_SET", OPT_FROM_FLAG}, &e));
    ck_assert_str_eq(e.text, "environment variable PGR_NOT_SET is not set");
}
END_TEST

START_TEST(test_a_secret_comes_from_environment_or_file)
{
    ck_assert_int_eq(setenv("PGR_TEST_DSN", "host=a", 1), 0);
    ck_assert(value_set(a, &config, value_find("source.dsn"),
                        (struct value_item){"env:PGR_TEST_DSN", OPT_FROM_FLAG}, &e));
    ck_assert_str_eq(config.source_dsn, "host=a");
    char path[] = "/tmp/pgr-test-dsn-XXXXXX";
    int fd = mkstemp(path);
    ck_assert(fs_write_all(fd, "host=b\n\n", 8, &e));
    (void)close(fd);
    const char *text = arena_printf(a, "file:%s", path);
    ck_assert(value_set(a, &config, value_find("source.dsn"),
                        (struct value_item){text, OPT_FROM_FLAG}, &e));
    ck_assert_str_eq(config.source_dsn, "host=b");
    (void)unlink(path);
}
END_TEST

/* Words behind the subcommand, settled as main does it. */
static bool settle(const char *command, struct call *call, const char *w0, const char *w1,
                   const char *w2)
{
    char **words = arena_alloc(a, 5 * sizeof *words); /* the operands point into it */
    words[0] = arena_strdup(a, command);
    const char *given[] = {w0, w1, w2};
    for (size_t i = 0; i < 3 && given[i] != NULL; i++)
        words[i + 1] = arena_strdup(a, given[i]);
    bool help = false;
    *call = (struct call){.arena = a};
    return settle_call(command_find(command, &e), words, call, &help, &e);
}

START_TEST(test_flag_beats_environment_beats_file_beats_default)
{
    struct call call;
    char path[] = "/tmp/pgr-test-conf-XXXXXX";
    int fd = mkstemp(path);
    const char text[] = "load: { users: 11, seed: 12, think: 13ms }\n";
    ck_assert(fs_write_all(fd, text, strlen(text), &e));
    (void)close(fd);
    ck_assert_int_eq(setenv("PG_REHEARSE_LOAD_SEED", "22", 1), 0);
    ck_assert_int_eq(setenv("PG_REHEARSE_LOAD_USERS", "23", 1), 0);
    ck_assert_msg(settle("run", &call, arena_printf(a, "-c%s", path), "--load-users=33", NULL),
                  "%s", e.text);
    ck_assert_uint_eq(call.config.load_users, 33);
    ck_assert_uint_eq(call.config.load_seed, 22);
    ck_assert_int_eq(call.config.load_think_us, 13000);
    ck_assert_uint_eq(call.config.pool_max, 50);
    (void)unlink(path);
}
END_TEST

START_TEST(test_short_spellings_and_operands)
{
    struct call call;
    ck_assert_msg(settle("run", &call, "--users", "7", "-q"), "%s", e.text);
    ck_assert_uint_eq(call.config.load_users, 7);
    ck_assert(call.config.quiet);
    ck_assert(settle("verify", &call, "a.sql", "--json", NULL));
    ck_assert_uint_eq(call.n_operands, 1);
    ck_assert_str_eq(call.operands[0], "a.sql");
    ck_assert(settle("verify", &call, "--strict=false", "a.sql", NULL));
    ck_assert(!call.config.strict);
}
END_TEST

static const struct {
    const char *command, *words[3], *message;
} misuses[] = {
    {"run", {"--load-usrs", "3"}, "run has no option --load-usrs; did you mean --load-users?"},
    {"run", {"--load-users"}, "--load-users needs a value"},
    {"run", {"--load-users", "x"}, "--load-users: \"x\" is not a whole number"},
    {"run", {"surplus"}, "\"surplus\" is one word too many"},
    {"verify", {NULL}, "verify needs BACKUP"},
    {"verify", {"--load-users", "3"}, "verify has no option --load-users"},
    {"run", {"--load-pool-min=60"}, "load.pool.min (60) is above load.pool.max (50)"},
    {"run", {"--load-pool-queue=99"}, "load.pool.queue must be at least 100"},
    {"run", {"--source=x", "--source-demo=y"}, "exclude each other"},
    {"run", {"-c", "/no/such/file.yaml"}, "/no/such/file.yaml"},
    {"run", {"--duration=10ms"}, "load.duration must be at least 1s"},
};

START_TEST(test_misuse_is_refused_with_the_word)
{
    struct call call;
    const char *const *w = misuses[_i].words;
    ck_assert(!settle(misuses[_i].command, &call, w[0], w[1], w[2]));
    ck_assert_int_eq(e.code, ERR_USAGE);
    ck_assert_msg(strstr(e.text, misuses[_i].message) != NULL, "said: %s", e.text);
}
END_TEST

START_TEST(test_a_password_on_the_command_line_is_blotted_out)
{
    char uri[] = "--source=postgresql://u:secret@host/db",
         pairs[] = "--source=password=secret user=u";
    char *words[] = {(char[]){"run"}, uri, pairs, NULL};
    struct call call = {.arena = a};
    bool help = false;
    ck_assert(settle_call(command_find("run", &e), words, &call, &help, &e));
    ck_assert_ptr_null(strstr(uri, "secret"));
    ck_assert_ptr_null(strstr(pairs, "secret"));
    ck_assert_str_eq(call.config.source_dsn, "password=secret user=u");
}
END_TEST

START_TEST(test_the_six_variables_of_the_owner)
{
    ck_assert_int_eq(setenv("DB_MAX_CONNECTIONS", "77", 1), 0);
    ck_assert_int_eq(setenv("DB_IDLE_TIMEOUT", "45", 1), 0);
    ck_assert_int_eq(setenv("DB_MAX_LIFETIME", "2h", 1), 0);
    ck_assert(settle_environment(a, environ, &config, &e));
    ck_assert_uint_eq(config.pool_max, 77);
    ck_assert_int_eq(config.pool_idle_timeout_us, 45000000);
    ck_assert_int_eq(config.pool_max_lifetime_us, 7200000000);
    ck_assert_int_eq(setenv("DB_IDLE_TIMEOUT", "soon", 1), 0);
    ck_assert(!settle_environment(a, environ, &config, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "DB_IDLE_TIMEOUT"));
}
END_TEST

START_TEST(test_a_misspelt_variable_is_not_ignored)
{
    ck_assert_int_eq(setenv("PG_REHEARSE_LOAD_USER", "5", 1), 0);
    ck_assert(!settle_environment(a, environ, &config, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "did you mean PG_REHEARSE_LOAD_USERS?"));
}
END_TEST

START_TEST(test_subcommands_are_found_or_guessed)
{
    ck_assert_ptr_nonnull(command_find("verify", &e));
    ck_assert_ptr_null(command_find("verfy", &e));
    ck_assert_ptr_nonnull(strstr(e.text, "did you mean \"verify\"?"));
    ck_assert_int_eq(e.code, ERR_USAGE);
}
END_TEST

Suite *suite_cli_settle(void);
Suite *suite_cli_settle(void)
{
    Suite *s = suite_create("cli/settle");
    TCase *t = tcase_create("settle");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_every_default_is_a_value_of_its_kind);
    tcase_add_test(t, test_every_key_has_one_flag_and_one_variable);
    tcase_add_test(t, test_a_whole_scenario_is_read);
    tcase_add_loop_test(t, test_a_mistake_is_refused_where_it_stands, 0, (int)COUNT_OF(mistakes));
    tcase_add_test(t, test_a_secret_is_never_in_a_message);
    tcase_add_test(t, test_a_secret_comes_from_environment_or_file);
    tcase_add_test(t, test_flag_beats_environment_beats_file_beats_default);
    tcase_add_test(t, test_short_spellings_and_operands);
    tcase_add_loop_test(t, test_misuse_is_refused_with_the_word, 0, (int)COUNT_OF(misuses));
    tcase_add_test(t, test_a_password_on_the_command_line_is_blotted_out);
    tcase_add_test(t, test_the_six_variables_of_the_owner);
    tcase_add_test(t, test_a_misspelt_variable_is_not_ignored);
    tcase_add_test(t, test_subcommands_are_found_or_guessed);
    suite_add_tcase(s, t);
    return s;
}
