/* SPDX-License-Identifier: PostgreSQL */
/* The configuration file: YAML by libfyaml, every error with line and column. */
#include "base/fs.h"
#include "cli/settle.h"
#include "cli/value.h"

#include <libfyaml.h>

#include <string.h>

enum { FILE_MAX_BYTES = 1024 * 1024, DEPTH_MAX = 8 };

struct reading {
    struct arena *arena;
    struct config *config;
    const char *path;
};

static void document_cleanup(struct fy_document **d)
{
    fy_document_destroy(*d);
}

static void diag_cleanup(struct fy_diag **d)
{
    fy_diag_destroy(*d);
}

/* Puts "file:line:column: " before the text of an error. */
static bool located(const struct reading *rd, struct fy_node *node, struct err *e)
{
    const struct fy_mark *mark = NULL;
    struct fy_token *token =
        fy_node_get_type(node) == FYNT_SCALAR ? fy_node_get_scalar_token(node) : NULL;
    if (token != NULL)
        mark = fy_token_start_mark(token);
    e->code = ERR_USAGE;
    if (mark == NULL)
        return err_wrap(e, "%s", rd->path);
    return err_wrap(e, "%s:%d:%d", rd->path, mark->line + 1, mark->column + 1);
}

static const char *scalar_text(const struct reading *rd, struct fy_node *node)
{
    size_t n = 0;
    const char *text = fy_node_get_scalar(node, &n);
    return text == NULL ? "" : arena_strndup(rd->arena, text, n);
}

/* Is "key." the beginning of a known key? */
static bool is_group(const char *key)
{
    size_t n = strlen(key);
    for (size_t i = 0; i < OPT_IDS; i++)
        if (strncmp(config_opts[i].key, key, n) == 0 && config_opts[i].key[n] == '.')
            return true;
    return false;
}

static bool unknown_key(const char *key, struct err *e)
{
    const char *names[OPT_IDS + 1] = {0};
    for (size_t i = 0; i < OPT_IDS; i++)
        names[i] = config_opts[i].key;
    const char *near = str_nearest(key, names);
    if (near == NULL)
        return err_set(e, ERR_USAGE, "unknown key \"%s\"; see pg_rehearse run --help", key);
    return err_set(e, ERR_USAGE, "unknown key \"%s\"; did you mean \"%s\"?", key, near);
}

static bool set_scalar(const struct reading *rd, const struct opt *opt, struct fy_node *node,
                       struct err *e)
{
    if (fy_node_get_type(node) != FYNT_SCALAR || fy_node_is_alias(node)) {
        (void)err_set(e, ERR_USAGE, "\"%s\" must be %s", opt->key, value_kind_hint(opt->kind));
        return located(rd, node, e);
    }
    if (value_set(rd->arena, rd->config, opt,
                  (struct value_item){scalar_text(rd, node), OPT_FROM_FILE}, e))
        return true;
    (void)err_wrap(e, "%s", opt->key);
    return located(rd, node, e);
}

static bool set_option(const struct reading *rd, const struct opt *opt, struct fy_node *node,
                       struct err *e)
{
    if (opt->kind != OPT_LIST || fy_node_get_type(node) != FYNT_SEQUENCE)
        return set_scalar(rd, opt, node, e);
    void *at = NULL;
    for (struct fy_node *item = fy_node_sequence_iterate(node, &at); item != NULL;
         item = fy_node_sequence_iterate(node, &at))
        if (!set_scalar(rd, opt, item, e))
            return false;
    return true;
}

/* "key:" with nothing behind it. */
static bool is_nothing(struct fy_node *value)
{
    size_t n = 0;
    return value == NULL ||
           (fy_node_get_type(value) == FYNT_SCALAR && fy_node_get_style(value) == FYNS_PLAIN &&
            (fy_node_get_scalar(value, &n) == NULL || n == 0));
}

static bool read_mapping(const struct reading *rd, struct fy_node *mapping, const char *prefix,
                         int depth, struct err *e);

static bool read_pair(const struct reading *rd, struct fy_node_pair *pair, const char *prefix,
                      int depth, struct err *e)
{
    struct fy_node *key_node = fy_node_pair_key(pair);
    struct fy_node *value = fy_node_pair_value(pair);
    const char *name = scalar_text(rd, key_node);
    const char *key = arena_printf(rd->arena, "%s%s%s", prefix, prefix[0] == '\0' ? "" : ".", name);
    const struct opt *opt = value_find(key);
    if (is_group(key) && (is_nothing(value) || fy_node_get_type(value) == FYNT_MAPPING))
        return is_nothing(value) || read_mapping(rd, value, key, depth + 1, e);
    if (opt == NULL && is_group(key))
        (void)err_set(e, ERR_USAGE, "\"%s\" must hold keys of its own", key);
    else if (opt == NULL)
        (void)unknown_key(key, e);
    else if (is_nothing(value))
        (void)err_set(e, ERR_USAGE, "\"%s\" has no value", key);
    else
        return set_option(rd, opt, value, e);
    return located(rd, key_node, e);
}

static bool read_mapping(const struct reading *rd, struct fy_node *mapping, const char *prefix,
                         int depth, struct err *e)
{
    if (depth > DEPTH_MAX)
        return err_set(e, ERR_USAGE, "%s: deeper than %d levels", rd->path, DEPTH_MAX);
    void *at = NULL;
    for (struct fy_node_pair *pair = fy_node_mapping_iterate(mapping, &at); pair != NULL;
         pair = fy_node_mapping_iterate(mapping, &at))
        if (!read_pair(rd, pair, prefix, depth, e))
            return false;
    return true;
}

/* libfyaml tells what is wrong with the YAML itself through this: "<memory-...>:2:1: error: ...".
 * Only the first line is kept, from behind the name. */
static void keep_first_line(struct fy_diag *diag, void *user, const char *text, size_t n)
{
    struct err *e = user;
    (void)diag;
    if (e->code != ERR_NONE)
        return;
    const char *name_end = memchr(text, '>', n);
    const char *from = name_end == NULL ? text : name_end + 1;
    const char *end = memchr(from, '\n', n - (size_t)(from - text));
    if (end == NULL)
        end = text + n;
    (void)err_set(e, ERR_USAGE, "%.*s", (int)(end - from), from);
}

bool settle_yaml(struct arena *a, struct slice text, const char *path, struct config *c,
                 struct err *e)
{
    struct err syntax = {0};
    if (strspn(text.p, " \t\r\n") == text.n)
        return err_set(e, ERR_USAGE, "%s: holds nothing", path);
    struct fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    diag_cfg.output_fn = keep_first_line;
    diag_cfg.user = &syntax;
    diag_cfg.colorize = false;
    CLEANUP(diag_cleanup) struct fy_diag *diag = fy_diag_create(&diag_cfg);
    struct fy_parse_cfg cfg = {.diag = diag};
    CLEANUP(document_cleanup)
    struct fy_document *doc = fy_document_build_from_string(&cfg, text.p, text.n);
    if (doc == NULL)
        return err_set(e, ERR_USAGE, "%s%s: this is no YAML", path, syntax.text);
    struct fy_node *root = fy_document_root(doc);
    struct reading rd = {a, c, path};
    if (root == NULL)
        return err_set(e, ERR_USAGE, "%s: holds nothing", path);
    if (fy_node_get_type(root) != FYNT_MAPPING)
        return err_set(e, ERR_USAGE, "%s: must hold keys and values at the top", path);
    return read_mapping(&rd, root, "", 0, e);
}

bool settle_file(struct arena *a, const char *path, struct config *c, struct err *e)
{
    struct slice text;
    if (!fs_read_file(a, path, FILE_MAX_BYTES, &text, e)) {
        e->code = ERR_USAGE;
        return false;
    }
    c->file = arena_strdup(a, path);
    return settle_yaml(a, text, path, c, e);
}
