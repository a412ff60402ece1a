/* SPDX-License-Identifier: PostgreSQL */
#include "dump/archive_text.h"

#include "base/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is restored, and when ----------------------------------------------------------------
 */

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (str_eq(word, *words))
            return true;
    return false;
}

static bool is_filled(const char *text)
{
    return text != NULL && *text != '\0';
}

/* Its definition says which partition the data come from, and defines nothing. */
static bool is_partition_note(const char *definition)
{
    return str_starts(definition, "-- load via partition root ");
}

/* Without options pg_restore leaves out what belongs to the database itself. */
static bool is_left_out(const struct archive_entry *t)
{
    static const char *const special[] = {"ENCODING", "STDSTRINGS",          "SEARCHPATH",
                                          "DATABASE", "DATABASE PROPERTIES", NULL};
    static const char *const dependent[] = {"ACL", "COMMENT", "STATISTICS DATA", "SECURITY LABEL",
                                            NULL};
    if (is_one_of(t->type, special))
        return true;
    if (is_one_of(t->type, dependent) && str_starts(t->tag, "DATABASE "))
        return true;
    return str_eq(t->type, "<Init>") && str_eq(t->tag, "Max OID");
}

/* Entries without data of their own that count as data. */
static bool is_data_statement(const struct archive_entry *t)
{
    static const char *const types[] = {"SEQUENCE SET", "BLOB", "BLOB METADATA", NULL};
    static const char *const of_blobs[] = {"ACL", "COMMENT", "SECURITY LABEL", NULL};
    return is_one_of(t->type, types) ||
           (is_one_of(t->type, of_blobs) && str_starts(t->tag, "LARGE OBJECT"));
}

unsigned archive_wants(const struct archive_entry *t)
{
    if (is_left_out(t))
        return 0;
    if (str_eq(t->type, "STATISTICS DATA"))
        return WANTS_STATISTICS;
    unsigned wants = WANTS_SCHEMA | WANTS_DATA;
    if (!t->has_data)
        wants = is_data_statement(t) ? WANTS_DATA : WANTS_SCHEMA;
    if (!is_filled(t->definition) || is_partition_note(t->definition))
        wants &= ~(unsigned)WANTS_SCHEMA;
    return wants;
}

static bool is_privilege(const struct archive_entry *t)
{
    static const char *const types[] = {"ACL", "ACL LANGUAGE", "DEFAULT ACL", NULL};
    return is_one_of(t->type, types);
}

enum archive_round archive_round_of(const struct archive_entry *t)
{
    static const char *const last[] = {"EVENT TRIGGER", "MATERIALIZED VIEW DATA", NULL};
    static const char *const notes[] = {"COMMENT", "SECURITY LABEL", NULL};
    if (is_privilege(t))
        return ROUND_PRIVILEGES;
    if (is_one_of(t->type, last) ||
        (is_one_of(t->type, notes) && str_starts(t->tag, "EVENT TRIGGER ")) ||
        (str_eq(t->type, "STATISTICS DATA") && t->section == SECTION_POST_DATA))
        return ROUND_LAST;
    return ROUND_MAIN;
}

/* ---- names -------------------------------------------------------------------------------------
 */

static int compare_words(const void *x, const void *y)
{
    return strcmp(x, *(const char *const *)y);
}

static bool is_bare(const char *name)
{
    static const char *const words[] = {
#define ARCHIVE_WORD(word) #word,
#include "dump/archive_word.def"
#undef ARCHIVE_WORD
    };
    if (!islower((unsigned char)*name) && *name != '_')
        return false;
    for (const char *p = name; *p != '\0'; p++)
        if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && *p != '_')
            return false;
    return bsearch(name, words, COUNT_OF(words), sizeof *words, compare_words) == NULL;
}

void archive_text_name(struct buf *out, const char *name)
{
    if (is_bare(name)) {
        buf_puts(out, name);
        return;
    }
    buf_putc(out, '"');
    for (; *name != '\0'; name++) {
        if (*name == '"')
            buf_putc(out, '"');
        buf_putc(out, *name);
    }
    buf_putc(out, '"');
}

/* In a comment line, which nothing may end before its time. */
static void put_line(struct buf *out, const char *text, const char *for_none)
{
    if (text == NULL)
        text = for_none;
    for (; *text != '\0'; text++)
        buf_putc(out, *text == '\n' || *text == '\r' ? ' ' : *text);
}

/* ---- settings ----------------------------------------------------------------------------------
 */

/* Of "17.12 (Debian 17.12-0+deb13u1)"; 0: not told. */
static int64_t dump_major(const struct archive_toc *toc)
{
    return toc->dump_version == NULL ? 0 : (int64_t)strtol(toc->dump_version, NULL, 10);
}

/* What pg_restore of the major that dumped writes. */
void archive_text_begin(struct archive_text *x)
{
    enum { MAJOR_OF_TRANSACTION_TIMEOUT = 17 };
    const struct archive_toc *toc = x->toc;
    buf_puts(x->out, "--\n-- PostgreSQL database dump\n--\n\n");
    if (toc->server_version != NULL) {
        buf_puts(x->out, "-- Dumped from database version ");
        put_line(x->out, toc->server_version, "");
        buf_puts(x->out, "\n");
    }
    if (toc->dump_version != NULL) {
        buf_puts(x->out, "-- Dumped by pg_dump version ");
        put_line(x->out, toc->dump_version, "");
        buf_puts(x->out, "\n");
    }
    buf_puts(x->out, "\nSET statement_timeout = 0;\nSET lock_timeout = 0;\n"
                     "SET idle_in_transaction_session_timeout = 0;\n");
    if (dump_major(toc) >= MAJOR_OF_TRANSACTION_TIMEOUT)
        buf_puts(x->out, "SET transaction_timeout = 0;\n");
    buf_printf(x->out, "SET client_encoding = '%s';\nSET standard_conforming_strings = %s;\n",
               toc->encoding, toc->standard_strings ? "on" : "off");
    if (toc->search_path != NULL)
        buf_puts(x->out, toc->search_path);
    buf_puts(x->out, "SET check_function_bodies = false;\nSET xmloption = content;\n"
                     "SET client_min_messages = warning;\n");
    if (!toc->standard_strings)
        buf_puts(x->out, "SET escape_string_warning = off;\n");
    buf_puts(x->out, "SET row_security = off;\n\n");
}

void archive_text_end(struct archive_text *x)
{
    buf_puts(x->out, "--\n-- PostgreSQL database dump complete\n--\n\n");
}

/* Archives without a SEARCHPATH entry are of old versions and count on the schema being set. */
static void select_schema(struct archive_text *x, const char *schema)
{
    if (x->toc->search_path != NULL || !is_filled(schema) || str_eq(x->schema, schema))
        return;
    buf_puts(x->out, "SET search_path = ");
    archive_text_name(x->out, schema);
    buf_puts(x->out, str_eq(schema, "pg_catalog") ? ";\n\n" : ", pg_catalog;\n\n");
    x->schema = schema;
}

static void select_tablespace(struct archive_text *x, const char *tablespace)
{
    if (tablespace == NULL || str_eq(x->tablespace, tablespace))
        return;
    buf_puts(x->out, "SET default_tablespace = ");
    if (*tablespace == '\0')
        buf_puts(x->out, "''");
    else
        archive_text_name(x->out, tablespace);
    buf_puts(x->out, ";\n\n");
    x->tablespace = tablespace;
}

/* A partitioned table has no storage: it gets its method behind its definition (since 1.16). */
static bool is_partitioned(const struct archive_entry *t)
{
    return t->relkind == 'p';
}

static void select_method(struct archive_text *x, const struct archive_entry *t)
{
    if (t->method == NULL || is_partitioned(t) || str_eq(x->method, t->method))
        return;
    buf_puts(x->out, "SET default_table_access_method = ");
    archive_text_name(x->out, t->method);
    buf_puts(x->out, ";\n\n");
    x->method = t->method;
}

static void put_qualified(struct archive_text *x, const struct archive_entry *t)
{
    if (is_filled(t->schema)) {
        archive_text_name(x->out, t->schema);
        buf_putc(x->out, '.');
    }
    archive_text_name(x->out, t->tag);
}

static void set_partitioned_method(struct archive_text *x, const struct archive_entry *t)
{
    if (t->method == NULL || !is_partitioned(t))
        return;
    buf_puts(x->out, "ALTER TABLE ");
    put_qualified(x, t);
    buf_puts(x->out, " SET ACCESS METHOD ");
    archive_text_name(x->out, t->method);
    buf_puts(x->out, ";\n\n");
}

/* ---- one entry ---------------------------------------------------------------------------------
 */

static void put_comment(struct archive_text *x, const struct archive_entry *t, const char *prefix)
{
    struct buf *out = x->out;
    buf_printf(out, "--\n-- %sName: ", prefix);
    put_line(out, t->tag, "");
    buf_puts(out, "; Type: ");
    put_line(out, t->type, "");
    buf_puts(out, "; Schema: ");
    put_line(out, t->schema, "-");
    buf_puts(out, "; Owner: ");
    put_line(out, t->owner, "-");
    if (is_filled(t->tablespace)) {
        buf_puts(out, "; Tablespace: ");
        put_line(out, t->tablespace, "");
    }
    buf_puts(out, "\n--\n\n");
}

/* A command for each line of a BLOB METADATA entry's definition, which are OIDs. */
static void put_for_each_blob(struct archive_text *x, const struct archive_entry *blobs,
                              struct slice before, struct slice behind)
{
    if (blobs == NULL || blobs->definition == NULL)
        return;
    const char *p = blobs->definition;
    for (const char *end; (end = strchr(p, '\n')) != NULL; p = end + 1) {
        x->too_long = x->too_long || x->out->n > ARCHIVE_TEXT_BYTES_MAX;
        if (x->too_long)
            return;
        buf_append(x->out, before.p, before.n);
        buf_append(x->out, p, (size_t)(end - p));
        buf_append(x->out, behind.p, behind.n);
        buf_puts(x->out, ";\n");
    }
    buf_puts(x->out, "\n");
}

/* The next of the characters outside double quotes; NULL at the end. */
static const char *unquoted(const char *p, const char *what)
{
    bool quoted = false;
    for (; *p != '\0'; p++) {
        quoted ^= *p == '"';
        if (!quoted && str_starts(p, what))
            return p;
    }
    return NULL;
}

/* The commands of the entry are written for one large object and mean all of its BLOB METADATA. */
static void put_blob_privileges(struct archive_text *x, const struct archive_entry *t)
{
    static const char mark[] = "LARGE OBJECT ";
    const struct archive_entry *blobs = archive_find(x->toc, t->first_dependency);
    const char *p = t->definition == NULL ? "" : t->definition;
    while (*p != '\0') {
        const char *oid = unquoted(p, mark), *end = unquoted(p, ";");
        if (oid == NULL || end == NULL || oid > end)
            return;
        oid += sizeof mark - 1;
        const char *behind = oid;
        while (isdigit((unsigned char)*behind))
            behind++;
        put_for_each_blob(x, blobs, (struct slice){p, (size_t)(oid - p)},
                          (struct slice){behind, (size_t)(end - behind)});
        for (p = end + 1; isspace((unsigned char)*p);)
            p++;
    }
}

static void put_definition(struct archive_text *x, const struct archive_entry *t)
{
    if (str_eq(t->type, "BLOB METADATA"))
        put_for_each_blob(x, t, slice_of("SELECT pg_catalog.lo_create('"), slice_of("')"));
    else if (str_eq(t->type, "ACL") && str_starts(t->tag, "LARGE OBJECTS"))
        put_blob_privileges(x, t);
    else if (is_filled(t->definition))
        buf_printf(x->out, "%s\n\n", t->definition);
}

/* How an object is named behind ALTER. */
static void put_object(struct archive_text *x, const struct archive_entry *t)
{
    enum { MAJOR_OF_OWN_WORDS = 16 }; /* before, a view is altered as a table */
    static const char *const relations[] = {"VIEW", "SEQUENCE", "MATERIALIZED VIEW", NULL};
    static const char *const by_drop[] = {
        "AGGREGATE",       "FUNCTION",  "OPERATOR", "OPERATOR CLASS",
        "OPERATOR FAMILY", "PROCEDURE", NULL};
    if (str_eq(t->type, "BLOB")) {
        buf_printf(x->out, "LARGE OBJECT %s", t->tag);
        return;
    }
    if (is_one_of(t->type, by_drop) && str_starts(t->drop, "DROP ")) {
        size_t n = strlen(t->drop);
        while (n > 0 && (t->drop[n - 1] == '\n' || t->drop[n - 1] == ';'))
            n--;
        buf_append(x->out, t->drop + strlen("DROP "), n - strlen("DROP "));
        return;
    }
    bool as_table = dump_major(x->toc) < MAJOR_OF_OWN_WORDS && is_one_of(t->type, relations);
    buf_printf(x->out, "%s ", as_table ? "TABLE" : t->type);
    put_qualified(x, t);
}

/* What has no DROP has no owner of its own, and neither have these. */
static bool has_owner(const struct archive_entry *t)
{
    static const char *const without[] = {
        "CAST",    "CHECK CONSTRAINT", "CONSTRAINT", "DATABASE PROPERTIES",
        "DEFAULT", "FK CONSTRAINT",    "INDEX",      "RULE",
        "TRIGGER", "ROW SECURITY",     "POLICY",     "USER MAPPING",
        NULL};
    return is_filled(t->owner) && is_filled(t->drop) && !is_one_of(t->type, without);
}

static void put_owner(struct archive_text *x, const struct archive_entry *t)
{
    CLEANUP(buf_cleanup) struct buf to = {0};
    if (!has_owner(t))
        return;
    buf_puts(&to, " OWNER TO ");
    archive_text_name(&to, t->owner);
    if (str_eq(t->type, "BLOB METADATA")) {
        put_for_each_blob(x, t, slice_of("ALTER LARGE OBJECT "), (struct slice){to.p, to.n});
        return;
    }
    buf_puts(x->out, "ALTER ");
    put_object(x, t);
    buf_printf(x->out, "%s;\n\n", buf_text(&to));
}

void archive_text_entry(struct archive_text *x, const struct archive_entry *t, const char *prefix)
{
    select_schema(x, t->schema);
    select_tablespace(x, t->tablespace);
    select_method(x, t);
    put_comment(x, t, prefix);
    put_definition(x, t);
    put_owner(x, t);
    set_partitioned_method(x, t);
    x->too_long = x->too_long || x->out->n > ARCHIVE_TEXT_BYTES_MAX;
}

/* ---- data --------------------------------------------------------------------------------------
 */

void archive_text_data(struct archive_text *x, const struct archive_entry *t)
{
    archive_text_entry(x, t, "Data for ");
    if (str_eq(t->type, "BLOBS")) {
        select_schema(x, "pg_catalog");
        buf_puts(x->out, "BEGIN;\n\n");
    } else if (is_filled(t->copy)) {
        buf_puts(x->out, t->copy);
    }
}

void archive_text_los_end(struct archive_text *x)
{
    buf_puts(x->out, "COMMIT;\n\n");
}

/* 131072 is INV_WRITE. Before 1.12 no entry of its own made the large object. */
void archive_text_lo_open(struct archive_text *x, uint32_t oid)
{
    enum { MINOR_OF_BLOB_ENTRIES = 12 };
    bool create = x->toc->minor < MINOR_OF_BLOB_ENTRIES;
    buf_printf(x->out,
               create ? "SELECT pg_catalog.lo_open(pg_catalog.lo_create('%u'), 131072);\n"
                      : "SELECT pg_catalog.lo_open('%u', 131072);\n",
               oid);
}

void archive_text_lo_write(struct archive_text *x, const void *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = bytes;
    buf_puts(x->out, x->toc->standard_strings ? "SELECT pg_catalog.lowrite(0, '\\x"
                                              : "SELECT pg_catalog.lowrite(0, '\\\\x");
    char *to = buf_reserve(x->out, 2 * n);
    for (size_t i = 0; i < n; i++) {
        *to++ = digits[p[i] >> 4];
        *to++ = digits[p[i] & 0xf];
    }
    x->out->n += 2 * n;
    buf_puts(x->out, "');\n");
}

void archive_text_lo_close(struct archive_text *x)
{
    buf_puts(x->out, "SELECT pg_catalog.lo_close(0);\n\n");
}
