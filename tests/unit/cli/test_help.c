/* SPDX-License-Identifier: PostgreSQL */
/* What is made from the tables says everything that is in them. */
#include "check/check.h"
#include "cli/help.h"
#include "cli/value.h"

#include <check.h>
#include <cjson/cJSON.h>

#include <stdlib.h>
#include <string.h>

Suite *suite_cli_help(void);

static struct arena *a;

static void set_up(void)
{
    a = arena_new();
}

static void tear_down(void)
{
    arena_free(a);
}

/* What `print` writes; it belongs to the arena. */
static const char *printed(void (*print)(const void *what, FILE *out), const void *what)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    ck_assert(out != NULL);
    print(what, out);
    ck_assert_int_eq(fclose(out), 0);
    const char *copy = arena_strdup(a, text);
    free(text);
    return copy;
}

static void must_say(const char *page, const char *words)
{
    ck_assert_msg(strstr(page, words) != NULL, "no \"%s\" in:\n%s", words, page);
}

static void print_program(const void *what, FILE *out)
{
    (void)what;
    help_program(out);
}

static void print_command(const void *what, FILE *out)
{
    help_command(what, out);
}

static void print_page(const void *what, FILE *out)
{
    ck_assert_msg(help_page(what, out), "no page %s", (const char *)what);
}

START_TEST(test_the_program_lists_every_subcommand_and_exit_status)
{
    static const char *const shown[] = {
#define EXIT(code, shown, meaning) shown,
#include "cli/exit_codes.def"
#undef EXIT
    };
    const char *page = printed(print_program, NULL);
    for (const struct command *c = commands; c->name != NULL; c++)
        must_say(page, c->help);
    for (size_t i = 0; i < COUNT_OF(shown); i++)
        must_say(page, shown[i]);
}
END_TEST

/* Options of a command, and no others. */
START_TEST(test_a_command_lists_its_options_with_kind_and_default)
{
    for (const struct command *c = commands; c->name != NULL; c++) {
        const char *page = printed(print_command, c);
        must_say(page, arena_printf(a, "pg_rehearse %s", c->name));
        for (size_t i = 0; i < OPT_IDS; i++) {
            const struct opt *opt = &config_opts[i];
            const char *flag = arena_printf(a, "%s  (", value_flag(a, opt));
            ck_assert_msg((strstr(page, flag) != NULL) == command_has_option(c, opt), "%s %s",
                          c->name, flag);
            if (command_has_option(c, opt) && *value_default(a, opt) != '\0')
                must_say(page, arena_printf(a, "; default %s)", value_default(a, opt)));
        }
    }
}
END_TEST

START_TEST(test_man_page_and_options_have_every_option)
{
    const char *man = printed(print_page, "man"), *table = printed(print_page, "options");
    const char *completion = printed(print_page, "completion");
    for (size_t i = 0; i < OPT_IDS; i++) {
        const struct opt *opt = &config_opts[i];
        must_say(man, value_env(a, opt));
        must_say(table, arena_printf(a, "| `%s` |", opt->key));
        must_say(table, arena_printf(a, "| `%s` |", value_env(a, opt)));
        must_say(completion, value_flag(a, opt));
    }
}
END_TEST

START_TEST(test_tables_of_commands_exit_codes_and_checks_are_whole)
{
    const char *table = printed(print_page, "commands"), *checks = printed(print_page, "checks");
    for (const struct command *c = commands; c->name != NULL; c++)
        must_say(table, c->help);
    for (const struct check *const *c = check_all; *c != NULL; c++) {
        must_say(checks, (*c)->name);
        must_say(checks, (*c)->question);
    }
    must_say(printed(print_page, "exit-codes"), "| 70 |");
}
END_TEST

/* Follows a key of the configuration, such as load.pool.max, through nested properties. */
static const cJSON *schema_of(const cJSON *at, const char *key)
{
    char *rest = NULL;
    for (char *word = strtok_r(arena_strdup(a, key), ".", &rest); word != NULL;
         word = strtok_r(NULL, ".", &rest))
        at = cJSON_GetObjectItem(cJSON_GetObjectItem(at, "properties"), word);
    return at;
}

START_TEST(test_the_schema_of_the_configuration_describes_every_key)
{
    cJSON *schema = cJSON_Parse(printed(print_page, "config-schema"));
    ck_assert_ptr_nonnull(schema);
    for (size_t i = 0; i < OPT_IDS; i++) {
        const cJSON *value = schema_of(schema, config_opts[i].key);
        ck_assert_msg(value != NULL, "%s", config_opts[i].key);
        const char *help = cJSON_GetStringValue(cJSON_GetObjectItem(value, "description"));
        ck_assert_str_eq(help, config_opts[i].help);
        ck_assert(cJSON_HasObjectItem(value, "type") || cJSON_HasObjectItem(value, "enum"));
    }
    cJSON_Delete(schema);
}
END_TEST

START_TEST(test_the_schemas_of_files_are_pages_and_others_are_none)
{
    static const char *const names[] = {"report-schema", "manifest-schema"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        cJSON *schema = cJSON_Parse(printed(print_page, names[i]));
        ck_assert(cJSON_HasObjectItem(schema, "$defs"));
        cJSON_Delete(schema);
    }
    ck_assert(!help_page("recipes", stdout));
}
END_TEST

Suite *suite_cli_help(void)
{
    Suite *s = suite_create("cli/help");
    TCase *t = tcase_create("help");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_the_program_lists_every_subcommand_and_exit_status);
    tcase_add_test(t, test_a_command_lists_its_options_with_kind_and_default);
    tcase_add_test(t, test_man_page_and_options_have_every_option);
    tcase_add_test(t, test_tables_of_commands_exit_codes_and_checks_are_whole);
    tcase_add_test(t, test_the_schema_of_the_configuration_describes_every_key);
    tcase_add_test(t, test_the_schemas_of_files_are_pages_and_others_are_none);
    suite_add_tcase(s, t);
    return s;
}
