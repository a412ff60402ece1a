/* SPDX-License-Identifier: PostgreSQL */
#include "pg/dsn.h"

#include "base/buf.h"
#include "base/str.h"

#include <string.h>

void dsn_options_cleanup(PQconninfoOption **options)
{
    PQconninfoFree(*options);
    *options = NULL;
}

/* What libpq takes for more than the bare name of a database. */
static bool is_conninfo(const char *dsn)
{
    return str_starts(dsn, "postgresql://") || str_starts(dsn, "postgres://") ||
           strchr(dsn, '=') != NULL;
}

/* libpq quotes parts of the string in its messages; they may be parts of a password. */
static void blank_quoted(char *text)
{
    char *w = text;
    bool inside = false;
    for (const char *p = text; *p != '\0'; p++) {
        bool symbol = p[0] == '"' && strncmp(p, "\"=\"", 3) == 0 && !inside;
        if (symbol) {
            memmove(w, "\"=\"", 3);
            w += 3;
            p += 2;
            continue;
        }
        if (*p == '"')
            inside = !inside;
        if (!inside || *p == '"')
            *w++ = *p;
    }
    *w = '\0';
}

static bool not_readable(const char *dsn, char *message, struct err *e)
{
    if (strcasestr(dsn, "pass") != NULL || strchr(dsn, '@') != NULL) {
        char *uri = strstr(message, "URI: ");
        if (uri != NULL)
            uri[3] = '\0';
        blank_quoted(message);
    }
    message[strcspn(message, "\n")] = '\0';
    return err_set(e, ERR_USAGE, "the connection string is not valid: %s", message);
}

/* Options of a connection string, NULL when libpq cannot read it; a bare name is a database. */
static PQconninfoOption *parse(const char *dsn, struct err *e)
{
    char *message = NULL;
    bool named = !is_conninfo(dsn);
    PQconninfoOption *parsed = PQconninfoParse(named ? "" : dsn, &message);
    if (parsed == NULL) {
        CLEANUP(arena_cleanup) struct arena *a = arena_new();
        char *text = arena_strdup(a, message != NULL ? message : "out of memory");
        PQfreemem(message);
        (void)not_readable(dsn, text, e);
        return NULL;
    }
    for (PQconninfoOption *o = parsed; named && o->keyword != NULL; o++)
        if (str_eq(o->keyword, "dbname") && *dsn != '\0')
            o->val = strdup(dsn);
    return parsed;
}

bool dsn_check(const char *dsn, struct err *e)
{
    CLEANUP(dsn_options_cleanup) PQconninfoOption *options = parse(dsn, e);
    return options != NULL;
}

/* libpq marks the fields that a form must not show; these are secrets of newer versions that it
 * does not mark. */
static bool is_secret(const PQconninfoOption *o)
{
    static const char *const more[] = {"oauth_client_secret", "scram_client_key",
                                       "scram_server_key"};
    for (size_t i = 0; i < COUNT_OF(more); i++)
        if (str_eq(o->keyword, more[i]))
            return true;
    return strchr(o->dispchar, '*') != NULL;
}

/* One " keyword='value'"; quotes only where they are needed. */
static void put_option(struct buf *out, const char *keyword, const char *value)
{
    bool plain = *value != '\0' && value[strcspn(value, " \t\n\r\f\v'\\")] == '\0';
    buf_printf(out, "%s%s=%s", out->n == 0 ? "" : " ", keyword, plain ? "" : "'");
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == '\'' || *p == '\\')
            buf_putc(out, '\\');
        buf_putc(out, *p);
    }
    buf_puts(out, plain ? "" : "'");
}

const char *pg_redact(struct arena *a, const char *dsn)
{
    struct err ignored;
    CLEANUP(dsn_options_cleanup) PQconninfoOption *options = parse(dsn, &ignored);
    CLEANUP(buf_cleanup) struct buf out = {0};
    if (options == NULL)
        return "(not a valid connection string)";
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
        if (o->val != NULL && !is_secret(o))
            put_option(&out, o->keyword, o->val);
    return arena_strdup(a, buf_text(&out));
}

/* A line of a password file that holds for every server. */
static bool passfile_line(struct arena *a, const char *password, const char **line, struct err *e)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    if (strpbrk(password, "\r\n") != NULL)
        return err_set(e, ERR_USAGE, "a password with a line break cannot go by a password file");
    buf_puts(&out, "*:*:*:*:");
    for (const char *p = password; *p != '\0'; p++) {
        if (*p == ':' || *p == '\\')
            buf_putc(&out, '\\');
        buf_putc(&out, *p);
    }
    buf_putc(&out, '\n');
    *line = arena_strdup(a, buf_text(&out));
    return true;
}

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
        if (str_eq(options->keyword, keyword))
            return options->val;
    return NULL;
}

bool pg_split_dsn(struct arena *a, const char *dsn, struct pg_split *split, struct err *e)
{
    CLEANUP(dsn_options_cleanup) PQconninfoOption *options = parse(dsn, e);
    CLEANUP(buf_cleanup) struct buf out = {0};
    if (options == NULL)
        return false;
    const char *password = value_of(options, "password"), *line = NULL;
    bool has_password = password != NULL && *password != '\0';
    if (value_of(options, "sslpassword") != NULL)
        return err_set(e, ERR_USAGE,
                       "sslpassword in a connection string cannot be handed to another program "
                       "safely; use a key file (mode 0600) without a passphrase");
    if (has_password && !passfile_line(a, password, &line, e))
        return false;
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++) {
        bool superseded = has_password && str_eq(o->keyword, "passfile");
        if (o->val != NULL && !is_secret(o) && !superseded)
            put_option(&out, o->keyword, o->val);
    }
    *split = (struct pg_split){.conninfo = arena_strdup(a, buf_text(&out)), .passfile_line = line};
    return true;
}

const char *pg_dsn_with(struct arena *a, const char *dsn, const char *keyword, const char *value,
                        struct err *e)
{
    CLEANUP(dsn_options_cleanup) PQconninfoOption *options = parse(dsn, e);
    CLEANUP(buf_cleanup) struct buf out = {0};
    if (options == NULL)
        return NULL;
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
        if (o->val != NULL && !str_eq(o->keyword, keyword))
            put_option(&out, o->keyword, o->val);
    put_option(&out, keyword, value);
    return dsn_check(buf_text(&out), e) ? arena_strdup(a, buf_text(&out)) : NULL;
}
