/* SPDX-License-Identifier: PostgreSQL */
#include "report/manifest.h"

#include "io/sha256.h"
#include "pg/objects.h"
#include "report/json.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS = SHA256_HEX_BYTES - 1 };

static const char zeros[SHA256_HEX_BYTES] =
    "0000000000000000000000000000000000000000000000000000000000000000";

/* ---- its digest --------------------------------------------------------------------------------
 */

/* Of the text with zeros at the first place where `digits` stand. NULL: they are not there. */
static const char *digest_of(struct slice text, const char *digits, char hex[SHA256_HEX_BYTES])
{
    struct sha256 sha = {0};
    const char *at = memmem(text.p, text.n, digits, DIGITS);
    if (at == NULL)
        return NULL;
    size_t before = (size_t)(at - text.p);
    sha256_begin(&sha);
    sha256_add(&sha, text.p, before);
    sha256_add(&sha, zeros, DIGITS);
    sha256_add(&sha, at + DIGITS, text.n - before - DIGITS);
    sha256_end(&sha, hex);
    return at;
}

void manifest_write(struct arena *a, struct manifest *m, struct buf *out)
{
    char hex[SHA256_HEX_BYTES] = "";
    m->digest = zeros;
    json_document(&json_of_manifest, m, out);
    const char *at = digest_of((struct slice){out->p, out->n}, zeros, hex);
    memcpy(out->p + (at - out->p), hex, DIGITS);
    m->digest = arena_strdup(a, hex);
}

static bool is_intact(struct slice text, const char *digest)
{
    char hex[SHA256_HEX_BYTES] = "";
    return digest != NULL && strlen(digest) == DIGITS && digest_of(text, digest, hex) != NULL &&
           strcmp(hex, digest) == 0;
}

/* ---- reading -----------------------------------------------------------------------------------
 */

/* Texts that nothing in a list is without: what it is found by, and what is shown of it. */
static const struct {
    const char *list;
    size_t offset; /* of the list */
    size_t text;   /* of the text in an item */
} needed[] = {
    {"tables", offsetof(struct manifest, tables), offsetof(struct manifest_table, schema)},
    {"tables", offsetof(struct manifest, tables), offsetof(struct manifest_table, name)},
    {"sequences", offsetof(struct manifest, sequences), offsetof(struct manifest_sequence, schema)},
    {"sequences", offsetof(struct manifest, sequences), offsetof(struct manifest_sequence, name)},
    {"source.facts", offsetof(struct manifest, source.facts), offsetof(struct source_fact, kind)},
    {"source.facts", offsetof(struct manifest, source.facts), offsetof(struct source_fact, name)},
    {"source.facts", offsetof(struct manifest, source.facts), offsetof(struct source_fact, value)},
    {"objects", offsetof(struct manifest, objects), offsetof(struct object_facts, type)},
    {"objects", offsetof(struct manifest, objects), offsetof(struct object_facts, name)},
    {"objects", offsetof(struct manifest, objects), offsetof(struct object_facts, aspect)},
};

static bool check_texts(const struct manifest *m, struct err *e)
{
    for (size_t k = 0; k < COUNT_OF(needed); k++) {
        const struct vec *list = (const void *)((const char *)m + needed[k].offset);
        for (size_t i = 0; i < list->n; i++) {
            const void *text = (const char *)vec_at(list, i) + needed[k].text;
            if (*(const char *const *)text == NULL)
                return err_set(e, ERR_FORMAT, "%s[%zu]: has no name or value", needed[k].list, i);
        }
    }
    return true;
}

static int by_schema_and_name(const void *a, const void *b)
{
    const struct manifest_table *x = a, *y = b;
    int schema = strcmp(x->schema, y->schema);
    return schema != 0 ? schema : strcmp(x->name, y->name);
}

bool manifest_read(struct arena *a, struct slice text, struct manifest **m, bool *intact,
                   struct err *e)
{
    struct manifest *read = manifest_new(a);
    if (!json_read_document(a, text, &json_of_manifest, read, e) || !check_texts(read, e))
        return false;
    if (read->tables.n > 1)
        qsort(read->tables.items, read->tables.n, sizeof(struct manifest_table),
              by_schema_and_name);
    if (read->objects.n > 1)
        qsort(read->objects.items, read->objects.n, sizeof(struct object_facts), objects_order);
    *intact = is_intact(text, read->digest);
    *m = read;
    return true;
}
