/* SPDX-License-Identifier: PostgreSQL */
#include "cli/help.h"

#include "base/str.h"
#include "check/check.h"
#include "cli/schema.h"
#include "cli/value.h"
#include "report/manifest.h"
#include "report/report.h"

#include <string.h>

enum { WIDTH = 100, INDENT = 6 };

static const struct {
    const char *shown, *meaning;
} exit_codes[] = {
#define EXIT(code, shown, meaning) {shown, meaning},
#include "cli/exit_codes.def"
#undef EXIT
};

/* Words of a text, broken at WIDTH, each line indented. */
static void put_wrapped(FILE *out, const char *text)
{
    size_t column = 0;
    while (*text != '\0') {
        size_t n = strcspn(text, " ");
        if (column > 0 && column + 1 + n > WIDTH) {
            (void)fputc('\n', out);
            column = 0;
        }
        (void)fprintf(out, "%*s%.*s", column == 0 ? INDENT : 1, "", (int)n, text);
        column += n + (column == 0 ? INDENT : 1);
        text += n + strspn(text + n, " ");
    }
    (void)fputc('\n', out);
}

static const char *spellings(struct arena *a, const struct opt *opt)
{
    const char *flag = value_flag(a, opt);
    char *all = arena_strdup(a, ""), *rest = NULL;
    for (char *word = strtok_r(arena_strdup(a, opt->flags), " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest))
        if (!str_eq(word, flag))
            all = arena_printf(a, "%s%s, ", all, word);
    return arena_printf(a, "%s%s", all, flag);
}

static const char *kind_of(struct arena *a, const struct opt *opt)
{
    if (opt->kind == OPT_CHOICE)
        return value_choices(a, opt);
    return value_kind_name(opt->kind);
}

static void put_option(FILE *out, const struct opt *opt)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *by_default = value_default(a, opt);
    (void)fprintf(out, "  %s  (%s%s%s)\n", spellings(a, opt), kind_of(a, opt),
                  by_default[0] == '\0' ? "" : "; default ", by_default);
    put_wrapped(out, opt->help);
}

void help_command(const struct command *command, FILE *out)
{
    (void)fprintf(out, "pg_rehearse %s%s%s [options]\n", command->name,
                  command->operands[0] == '\0' ? "" : " ", command->operands);
    (void)fputs("\n", out);
    put_wrapped(out, command->help);
    (void)fputs(
        "\nOptions (each also as a key of the file given with -c, and as environment variable):\n"
        "  -c, --config FILE\n      configuration file (YAML)\n"
        "  -h, --help\n      this page\n",
        out);
    for (size_t i = 0; i < OPT_IDS; i++)
        if (command_has_option(command, &config_opts[i]))
            put_option(out, &config_opts[i]);
}

void help_program(FILE *out)
{
    (void)fputs(
        "pg_rehearse proves that a PostgreSQL backup restores, that nothing was lost, and that "
        "the\napplication would run on what came back.\n\nSubcommands:\n",
        out);
    for (const struct command *c = commands; c->name != NULL; c++)
        (void)fprintf(out, "  %-8s %-8s %s\n", c->name, c->operands, c->help);
    (void)fputs("\nExit status:\n", out);
    for (size_t i = 0; i < COUNT_OF(exit_codes); i++)
        (void)fprintf(out, "  %-6s %s\n", exit_codes[i].shown, exit_codes[i].meaning);
    (void)fputs(
        "\npg_rehearse SUBCOMMAND --help lists the options. pg_rehearse --version prints the "
        "version.\n",
        out);
}

/* ---- pages for the documentation ----------------------------------------------------------------
 */

static void page_options(FILE *out)
{
    (void)fputs(
        "| key | flags | environment | kind | default | meaning |\n|---|---|---|---|---|---|\n",
        out);
    for (size_t i = 0; i < OPT_IDS; i++) {
        CLEANUP(arena_cleanup) struct arena *a = arena_new();
        const struct opt *opt = &config_opts[i];
        const char *by_default = value_default(a, opt);
        (void)fprintf(out, "| `%s` | `%s` | `%s` | %s | %s%s%s | %s |\n", opt->key,
                      spellings(a, opt), value_env(a, opt), kind_of(a, opt),
                      by_default[0] == '\0' ? "" : "`", by_default,
                      by_default[0] == '\0' ? "" : "`", opt->help);
    }
}

static void page_commands(FILE *out)
{
    (void)fputs("| subcommand | does |\n|---|---|\n", out);
    for (const struct command *c = commands; c->name != NULL; c++)
        (void)fprintf(out, "| `%s%s%s` | %s |\n", c->name, c->operands[0] == '\0' ? "" : " ",
                      c->operands, c->help);
}

static void page_exit_codes(FILE *out)
{
    (void)fputs("| code | meaning |\n|--:|---|\n", out);
    for (size_t i = 0; i < COUNT_OF(exit_codes); i++)
        (void)fprintf(out, "| %s | %s |\n", exit_codes[i].shown, exit_codes[i].meaning);
}

/* A text for troff: backslashes, hyphens, and lines that begin with a control character. */
static void put_troff(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        (void)fputs("\\&", out);
    for (; *text != '\0'; text++)
        if (*text == '\\')
            (void)fputs("\\e", out);
        else if (*text == '-')
            (void)fputs("\\-", out);
        else
            (void)fputc(*text, out);
    (void)fputc('\n', out);
}

static void man_options(FILE *out)
{
    (void)fputs(
        ".SH OPTIONS\nEach is also a key of the file given with \\fB\\-c\\fR and an environment "
        "variable.\n.TP\n.B \\-c, \\-\\-config FILE\nConfiguration file (YAML).\n",
        out);
    for (size_t i = 0; i < OPT_IDS; i++) {
        CLEANUP(arena_cleanup) struct arena *a = arena_new();
        const struct opt *opt = &config_opts[i];
        const char *by_default = value_default(a, opt);
        (void)fputs(".TP\n.B ", out);
        put_troff(out, spellings(a, opt));
        put_troff(out, arena_printf(a, "%s (%s%s%s). Key %s, variable %s.", opt->help,
                                    kind_of(a, opt), by_default[0] == '\0' ? "" : ", default ",
                                    by_default, opt->key, value_env(a, opt)));
    }
}

static void page_man(FILE *out)
{
    (void)fputs(
        ".TH PG_REHEARSE 1 \"\" \"pg_rehearse " PGR_VERSION
        "\"\n.SH NAME\npg_rehearse \\- prove that a "
        "PostgreSQL backup restores, that nothing was lost, and that the application would "
        "run on what came back\n.SH SYNOPSIS\n.B pg_rehearse\n.I subcommand\n.RI [ options ]\n"
        ".SH SUBCOMMANDS\n",
        out);
    for (const struct command *c = commands; c->name != NULL; c++) {
        (void)fprintf(out, ".TP\n.B %s %s\n", c->name, c->operands);
        put_troff(out, c->help);
    }
    man_options(out);
    (void)fputs(".SH EXIT STATUS\n", out);
    for (size_t i = 0; i < COUNT_OF(exit_codes); i++) {
        (void)fprintf(out, ".TP\n.B %s\n", exit_codes[i].shown);
        put_troff(out, exit_codes[i].meaning);
    }
}

static void page_completion(FILE *out)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    (void)fputs("# bash completion of pg_rehearse, made by: pg_rehearse docs completion\n"
                "_pg_rehearse() {\n    local cur=${COMP_WORDS[COMP_CWORD]} words\n"
                "    case ${COMP_WORDS[1]} in\n",
                out);
    for (const struct command *c = commands; c->name != NULL; c++) {
        (void)fprintf(out, "    %s) words='--config --help", c->name);
        for (size_t i = 0; i < OPT_IDS; i++)
            if (command_has_option(c, &config_opts[i]))
                (void)fprintf(out, " %s", value_flag(a, &config_opts[i]));
        (void)fputs("' ;;\n", out);
    }
    (void)fputs("    *) words='", out);
    for (const struct command *c = commands; c->name != NULL; c++)
        (void)fprintf(out, "%s ", c->name);
    (void)fputs(
        "--help --version' ;;\n    esac\n    [[ $COMP_CWORD -eq 1 || $cur == -* ]] || words=\n"
        "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\n"
        "complete -o default -F _pg_rehearse pg_rehearse\n",
        out);
}

static void put_made(FILE *out, void (*make)(struct buf *out))
{
    CLEANUP(buf_cleanup) struct buf text = {0};
    make(&text);
    (void)fputs(buf_text(&text), out);
}

static void page_checks(FILE *out)
{
    put_made(out, check_docs);
}

static void page_config_schema(FILE *out)
{
    put_made(out, config_schema);
}

static void page_report_schema(FILE *out)
{
    put_made(out, report_json_schema);
}

static void page_manifest_schema(FILE *out)
{
    put_made(out, manifest_json_schema);
}

static const struct {
    const char *name;
    void (*print)(FILE *out);
} pages[] = {
    {"man", page_man},
    {"options", page_options},
    {"commands", page_commands},
    {"exit-codes", page_exit_codes},
    {"checks", page_checks},
    {"config-schema", page_config_schema},
    {"report-schema", page_report_schema},
    {"manifest-schema", page_manifest_schema},
    {"completion", page_completion},
};

bool help_page(const char *name, FILE *out)
{
    for (size_t i = 0; i < COUNT_OF(pages); i++)
        if (str_eq(name, pages[i].name)) {
            pages[i].print(out);
            return true;
        }
    return false;
}
