/* SPDX-License-Identifier: PostgreSQL */
#include "cli/settle.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/value.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_OPTION_CODE = 256 };

/* The six variables of the owner's own services. A plain number is a number of seconds. */
static const struct {
    const char *name;
    enum opt_id id;
} aliases[] = {
    {"DB_MIN_CONNECTIONS", OPT_ID_pool_min},
    {"DB_MAX_CONNECTIONS", OPT_ID_pool_max},
    {"DB_CONNECTION_TIMEOUT", OPT_ID_pool_connection_timeout},
    {"DB_IDLE_TIMEOUT", OPT_ID_pool_idle_timeout},
    {"DB_MAX_LIFETIME", OPT_ID_pool_max_lifetime},
    {"DB_HEALTH_CHECK_INTERVAL", OPT_ID_pool_health_interval},
};

static bool set_alias(struct arena *a, struct config *c, size_t i, struct err *e)
{
    const char *text = getenv(aliases[i].name);
    const struct opt *opt = &config_opts[aliases[i].id];
    if (text == NULL || text[0] == '\0')
        return true;
    if (opt->kind == OPT_DURATION && strspn(text, "0123456789") == strlen(text))
        text = arena_printf(a, "%ss", text);
    return value_set(a, c, opt, (struct value_item){text, OPT_FROM_ENV}, e) ||
           err_wrap(e, "%s", aliases[i].name);
}

static bool unknown_variable(struct arena *a, const char *name, struct err *e)
{
    const char *names[OPT_IDS + 1] = {0};
    for (size_t i = 0; i < OPT_IDS; i++)
        names[i] = value_env(a, &config_opts[i]);
    const char *near = str_nearest(name, names);
    return err_set(e, ERR_USAGE, "environment variable %s names no option%s%s%s", name,
                   near == NULL ? "" : "; did you mean ", near == NULL ? "" : near,
                   near == NULL ? "" : "?");
}

static bool set_variable(struct arena *a, const char *pair, struct config *c, struct err *e)
{
    const char *equals = strchr(pair, '=');
    if (equals == NULL || !str_starts(pair, "PG_REHEARSE_"))
        return true;
    const char *name = arena_strndup(a, pair, (size_t)(equals - pair));
    for (size_t i = 0; i < OPT_IDS; i++)
        if (str_eq(value_env(a, &config_opts[i]), name))
            return value_set(a, c, &config_opts[i], (struct value_item){equals + 1, OPT_FROM_ENV},
                             e) ||
                   err_wrap(e, "%s", name);
    return unknown_variable(a, name, e);
}

bool settle_environment(struct arena *a, char **environment, struct config *c, struct err *e)
{
    for (size_t i = 0; i < COUNT_OF(aliases); i++)
        if (!set_alias(a, c, i, e))
            return false;
    for (char **pair = environment; *pair != NULL; pair++)
        if (!set_variable(a, *pair, c, e))
            return false;
    return true;
}

/* The table that getopt_long wants, made from the rows. */
struct flags {
    struct vec longs; /* struct option */
    struct buf shorts;
    int letters[128]; /* option code of a short flag */
    struct vec given; /* struct given: the flags as they were written */
};

static void add_long(struct flags *f, const char *name, const struct opt *opt)
{
    *(struct option *)vec_push(&f->longs) = (struct option){
        .name = name,
        .has_arg = opt->kind == OPT_BOOL ? optional_argument : required_argument,
        .val = FIRST_OPTION_CODE + (int)opt->id,
    };
}

static void add_spelling(struct flags *f, const char *spelling, const struct opt *opt)
{
    if (spelling[1] == '-') {
        add_long(f, spelling + 2, opt);
        return;
    }
    buf_printf(&f->shorts, "%c%s", spelling[1], opt->kind == OPT_BOOL ? "" : ":");
    f->letters[(unsigned char)spelling[1] & 127U] = FIRST_OPTION_CODE + (int)opt->id;
}

static void add_option(struct arena *a, struct flags *f, const struct opt *opt)
{
    add_long(f, value_flag(a, opt) + 2, opt);
    char *more = arena_strdup(a, opt->flags), *rest = NULL;
    for (char *word = strtok_r(more, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
        if (!str_eq(word, value_flag(a, opt)))
            add_spelling(f, word, opt);
}

static void make_flags(struct arena *a, const struct command *command, struct flags *f)
{
    f->longs = vec_new(a, sizeof(struct option));
    buf_puts(&f->shorts, ":c:h");
    for (size_t i = 0; i < OPT_IDS; i++)
        if (command_has_option(command, &config_opts[i]))
            add_option(a, f, &config_opts[i]);
    *(struct option *)vec_push(&f->longs) =
        (struct option){.name = "config", .has_arg = required_argument, .val = 'c'};
    *(struct option *)vec_push(&f->longs) = (struct option){.name = "help", .val = 'h'};
    (void)vec_push(&f->longs);
}

static void flags_cleanup(struct flags *f)
{
    buf_cleanup(&f->shorts);
}

static bool unknown_flag(struct arena *a, const struct command *command, const struct flags *f,
                         const char *word, struct err *e)
{
    const char **names = arena_alloc(a, (f->longs.n + 1) * sizeof *names);
    for (size_t i = 0; i + 1 < f->longs.n; i++)
        names[i] = arena_printf(a, "--%s", ((struct option *)vec_at(&f->longs, i))->name);
    const char *near = str_nearest(word, names);
    return err_set(e, ERR_USAGE, "%s has no option %s%s%s%s; see pg_rehearse %s --help",
                   command->name, word, near == NULL ? "" : "; did you mean ",
                   near == NULL ? "" : near, near == NULL ? "" : "?", command->name);
}

/* One flag as it was written, waiting for the weaker origins to be settled first. */
struct given {
    const struct opt *opt;
    const char *text;
    const char *word;
};

/* A password on the command line is seen by every user of the machine: it is blotted out. */
static void blot_password(char *text)
{
    char *at = strstr(text, "password=");
    char *end = at == NULL ? NULL : at + strlen("password=");
    if (at == NULL && strstr(text, "://") != NULL) {
        char *host = strrchr(text, '@');
        at = strchr(strstr(text, "://") + 3, ':');
        end = at == NULL || host == NULL || at > host ? NULL : at + 1;
    }
    for (; end != NULL && *end != '\0' && *end != ' ' && *end != '@'; end++)
        *end = 'x';
}

static bool take_flag(struct call *call, struct flags *f, char **words, int code, struct err *e)
{
    if (code < FIRST_OPTION_CODE)
        code = f->letters[code & 127];
    const struct opt *opt = &config_opts[code - FIRST_OPTION_CODE];
    if (optarg == NULL && opt->kind != OPT_BOOL)
        return err_set(e, ERR_USAGE, "%s needs a value", words[optind - 1]);
    *(struct given *)vec_push(&f->given) = (struct given){
        .opt = opt,
        .text = optarg == NULL ? "true" : arena_strdup(call->arena, optarg),
        .word = value_flag(call->arena, opt),
    };
    if ((opt->kind == OPT_DSN || opt->id == OPT_ID_backup_use) && optarg != NULL)
        blot_password(optarg);
    return true;
}

struct parsed {
    struct vec given; /* struct given */
    const char *file;
    bool help;
};

static bool parse_words(const struct command *command, char **words, struct call *call,
                        struct parsed *p, struct err *e)
{
    CLEANUP(flags_cleanup) struct flags f = {.given = vec_new(call->arena, sizeof(struct given))};
    make_flags(call->arena, command, &f);
    int n_words = 0;
    while (words[n_words] != NULL)
        n_words++;
    optind = 0; /* makes glibc start anew */
    opterr = 0;
    for (;;) {
        int at = optind == 0 ? 1 : optind;
        int code = getopt_long(n_words, words, buf_text(&f.shorts), f.longs.items, NULL);
        if (code == -1)
            break;
        if (code == '?')
            return unknown_flag(call->arena, command, &f, words[at], e);
        if (code == ':')
            return err_set(e, ERR_USAGE, "%s needs a value", words[optind - 1]);
        if (code == 'h')
            p->help = true;
        else if (code == 'c')
            p->file = optarg;
        else if (!take_flag(call, &f, words, code, e))
            return false;
    }
    p->given = f.given;
    call->operands = (const char *const *)words + optind;
    call->n_operands = (size_t)(n_words - optind);
    return true;
}

static bool check_operands(const struct command *command, const struct call *call, struct err *e)
{
    if (call->n_operands > command->n_operands)
        return err_set(e, ERR_USAGE, "%s: \"%s\" is one word too many", command->name,
                       call->operands[command->n_operands]);
    if (call->n_operands < command->n_operands)
        return err_set(e, ERR_USAGE, "%s needs %s; see pg_rehearse %s --help", command->name,
                       command->operands, command->name);
    return true;
}

bool settle_call(const struct command *command, char **words, struct call *call, bool *help,
                 struct err *e)
{
    struct parsed p = {0};
    if (!parse_words(command, words, call, &p, e))
        return false;
    *help = p.help;
    if (p.help)
        return true;
    value_set_defaults(call->arena, &call->config);
    if (p.file != NULL && !settle_file(call->arena, p.file, &call->config, e))
        return false;
    if (!settle_environment(call->arena, environ, &call->config, e))
        return false;
    VEC_EACH (struct given, g, &p.given)
        if (!value_set(call->arena, &call->config, g->opt,
                       (struct value_item){g->text, OPT_FROM_FLAG}, e))
            return err_wrap(e, "%s", g->word);
    return check_operands(command, call, e) && settle_combinations(&call->config, e);
}

bool settle_combinations(const struct config *c, struct err *e)
{
    if (c->pool_max == 0)
        return err_set(e, ERR_USAGE, "load.pool.max must be at least 1");
    if (c->pool_min > c->pool_max)
        return err_set(e, ERR_USAGE, "load.pool.min (%llu) is above load.pool.max (%llu)",
                       (unsigned long long)c->pool_min, (unsigned long long)c->pool_max);
    if (c->pool_max > 10000 || c->load_users > 100000)
        return err_set(e, ERR_USAGE, "at most 10,000 connections and 100,000 users");
    if (c->pool_queue < 100)
        return err_set(e, ERR_USAGE, "load.pool.queue must be at least 100");
    if (c->source_dsn != NULL && c->source_demo != NULL)
        return err_set(e, ERR_USAGE, "source.dsn and source.demo exclude each other");
    if (c->backup_use != NULL && c->source_demo != NULL)
        return err_set(e, ERR_USAGE, "backup.use and source.demo exclude each other");
    if (c->restore_into != NULL && c->restore_keep)
        return err_set(e, ERR_USAGE, "restore.into and restore.keep exclude each other");
    if (c->load_users > 0 && c->load_duration_us < CLOCK_SECOND_US)
        return err_set(e, ERR_USAGE, "load.duration must be at least 1s");
    return true;
}
