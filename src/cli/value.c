/* SPDX-License-Identifier: PostgreSQL */
#include "cli/value.h"

#include "base/fs.h"
#include "base/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { SECRET_FILE_MAX = 64 * 1024 };

static const struct {
    const char *name, *hint;
} kinds[] = {
    [OPT_STRING] = {"text", "a text"},
    [OPT_PATH] = {"path", "a path"},
    [OPT_DSN] = {"connection", "a connection string, env:NAME or file:PATH"},
    [OPT_SECRET] = {"secret", "env:NAME or file:PATH (secrets are never written out)"},
    [OPT_UINT] = {"number", "a whole number from 0 on"},
    [OPT_BOOL] = {"yes or no", "true or false"},
    [OPT_DURATION] = {"duration", "a duration like 30s, 5min, 24h"},
    [OPT_SIZE] = {"size", "a size like 500MB, 10GB, 64MiB"},
    [OPT_PERCENT] = {"percentage", "a percentage like 80%"},
    [OPT_LIST] = {"list", "a text, or a list of texts"},
    [OPT_CHOICE] = {"choice", "one of the words"},
};

const char *value_kind_name(enum opt_kind kind)
{
    return kinds[kind].name;
}

const char *value_kind_hint(enum opt_kind kind)
{
    return kinds[kind].hint;
}

const char *value_choices(struct arena *a, const struct opt *opt)
{
    char *words = arena_strdup(a, strchr(opt->by_default, '|') + 1);
    for (char *c = words; *c != '\0'; c++)
        if (*c == '|')
            *c = ' ';
    return words;
}

const char *value_default(struct arena *a, const struct opt *opt)
{
    const char *bar = opt->kind == OPT_CHOICE ? strchr(opt->by_default, '|') : NULL;
    if (bar == NULL)
        return opt->by_default;
    return arena_strndup(a, opt->by_default, (size_t)(bar - opt->by_default));
}

const char *value_flag(struct arena *a, const struct opt *opt)
{
    char *flag = arena_printf(a, "--%s", opt->key);
    for (char *c = flag; *c != '\0'; c++)
        if (*c == '.' || *c == '_')
            *c = '-';
    return flag;
}

const char *value_env(struct arena *a, const struct opt *opt)
{
    char *name = arena_printf(a, "PG_REHEARSE_%s", opt->key);
    for (char *c = name; *c != '\0'; c++)
        *c = *c == '.' ? '_' : (char)toupper((unsigned char)*c);
    return name;
}

const struct opt *value_find(const char *key)
{
    for (size_t i = 0; i < OPT_IDS; i++)
        if (strcmp(config_opts[i].key, key) == 0)
            return &config_opts[i];
    return NULL;
}

static bool is_choice(const struct opt *opt, const char *text)
{
    size_t n = strlen(text);
    for (const char *word = strchr(opt->by_default, '|'); word != NULL; word = strchr(word, '|')) {
        word++;
        if (n > 0 && strncmp(word, text, n) == 0 && (word[n] == '|' || word[n] == '\0'))
            return true;
    }
    return false;
}

/* A list keeps what came from the same origin before. */
static void add_item(struct arena *a, const struct config *c, const struct opt *opt,
                     struct opt_list *list, const struct value_item *item)
{
    size_t kept = c->is_set[opt->id] && c->origin[opt->id] == item->origin ? list->n : 0;
    const char **items = arena_alloc(a, (kept + 1) * sizeof *items);
    if (kept > 0)
        memcpy(items, list->items, kept * sizeof *items);
    items[kept] = item->text;
    *list = (struct opt_list){items, kept + 1};
}

/* "env:NAME" and "file:PATH" stand for what is there. */
static bool resolve_secret(struct arena *a, const char **text, struct err *e)
{
    if (str_starts(*text, "env:")) {
        const char *value = getenv(*text + 4);
        if (value == NULL || value[0] == '\0')
            return err_set(e, ERR_USAGE, "environment variable %s is not set", *text + 4);
        *text = arena_strdup(a, value);
    } else if (str_starts(*text, "file:")) {
        struct slice content;
        if (!fs_read_file(a, *text + 5, SECRET_FILE_MAX, &content, e)) {
            e->code = ERR_USAGE;
            return false;
        }
        while (content.n > 0 && isspace((unsigned char)content.p[content.n - 1]))
            content.n--;
        *text = arena_strndup(a, content.p, content.n);
    }
    return true;
}

/* Writes the member; false when the text is none of its kind. */
static bool parse_member(const struct opt *opt, void *member, const char *text)
{
    switch (opt->kind) {
    case OPT_STRING:
    case OPT_PATH:
    case OPT_DSN:
    case OPT_SECRET:
    case OPT_CHOICE:
        if (text[0] == '\0' || (opt->kind == OPT_CHOICE && !is_choice(opt, text)))
            return false;
        *(const char **)member = text;
        return true;
    case OPT_UINT:
        return str_parse_uint(text, member);
    case OPT_BOOL:
        return str_parse_bool(text, member);
    case OPT_DURATION:
        return str_parse_duration(text, member);
    case OPT_SIZE:
        return str_parse_size(text, member);
    case OPT_PERCENT:
        return str_parse_percent(text, member);
    case OPT_LIST:
        break;
    }
    return text[0] != '\0';
}

bool value_set(struct arena *a, struct config *c, const struct opt *opt, struct value_item given,
               struct err *e)
{
    void *member = (char *)c + opt->offset;
    const char *text = arena_strdup(a, given.text);
    bool secret = opt->kind == OPT_DSN || opt->kind == OPT_SECRET;
    bool named = str_starts(text, "env:") || str_starts(text, "file:");
    if (secret && !resolve_secret(a, &text, e))
        return false;
    if ((opt->kind == OPT_SECRET && !named) || !parse_member(opt, member, text)) {
        const char *shown = secret ? "(not shown)" : text;
        if (opt->kind == OPT_CHOICE)
            return err_set(e, ERR_USAGE, "\"%s\" is not one of: %s", shown, value_choices(a, opt));
        return err_set(e, ERR_USAGE, "\"%s\" is not %s", shown, kinds[opt->kind].hint);
    }
    if (opt->kind == OPT_LIST)
        add_item(a, c, opt, member, &(struct value_item){text, given.origin});
    c->is_set[opt->id] = true;
    c->origin[opt->id] = given.origin;
    return true;
}

void value_set_defaults(struct arena *a, struct config *c)
{
    for (size_t i = 0; i < OPT_IDS; i++) {
        struct err e;
        const char *text = value_default(a, &config_opts[i]);
        if (text[0] == '\0')
            continue;
        if (!value_set(a, c, &config_opts[i], (struct value_item){text, OPT_FROM_DEFAULT}, &e))
            abort(); /* a row with a default that is none: the unit test of the rows finds it */
    }
}
