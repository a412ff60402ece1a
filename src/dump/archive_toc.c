/* SPDX-License-Identifier: PostgreSQL */
#include "dump/archive_toc.h"

#include "base/str.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

const char *const archive_packing_words[PACKINGS] = {"none", "gzip", "lz4", "zstd"};

/* ---- numbers and texts ------------------------------------------------------------------------
 */

void archive_in_cleanup(struct archive_in *in)
{
    buf_cleanup(&in->text);
}

bool archive_take(struct archive_in *in, void *bytes, size_t n, struct err *e)
{
    uint8_t *to = bytes;
    while (n > 0) {
        bool any;
        if (!intake_fill(&in->in, &any, e))
            return false;
        if (!any)
            return err_set(e, ERR_FORMAT, "the archive ends at byte %llu, in the middle",
                           (unsigned long long)intake_offset(&in->in));
        size_t some = in->in.n - in->in.at < n ? in->in.n - in->in.at : n;
        memcpy(to, in->in.bytes + in->in.at, some);
        in->in.at += some;
        to += some;
        n -= some;
    }
    return true;
}

static uint64_t little_endian(const uint8_t *p, unsigned n)
{
    uint64_t value = 0;
    assert(n <= sizeof value);
    while (n-- > 0)
        value = value << CHAR_BIT | p[n];
    return value;
}

/* pg_dump's numbers are ints, whatever room they are given; an OID above 2^31 reads as negative. */
bool archive_int(struct archive_in *in, int64_t *n, struct err *e)
{
    uint8_t bytes[1 + sizeof(uint64_t)];
    if (!archive_take(in, bytes, 1 + in->int_bytes, e))
        return false;
    uint64_t value = little_endian(bytes + 1, in->int_bytes);
    if (bytes[0] > 1 || value > UINT32_MAX)
        return err_set(e, ERR_FORMAT, "no number before byte %llu",
                       (unsigned long long)intake_offset(&in->in));
    *n = bytes[0] == 1 ? -(int64_t)value : (int64_t)value;
    return true;
}

/* In pieces: a length that is a lie costs no memory. */
static bool take_text(struct archive_in *in, size_t n, struct err *e)
{
    enum { PIECE_BYTES = 64 * 1024 };
    buf_clear(&in->text);
    while (n > 0) {
        size_t some = n < PIECE_BYTES ? n : PIECE_BYTES;
        if (!archive_take(in, buf_reserve(&in->text, some), some, e))
            return false;
        in->text.n += some;
        n -= some;
    }
    *buf_reserve(&in->text, 1) = '\0';
    return true;
}

/* A text into the scratch; *none: there is none. */
static bool read_text(struct archive_in *in, bool *none, struct err *e)
{
    int64_t n;
    if (!archive_int(in, &n, e))
        return false;
    *none = n < 0;
    if (*none)
        return true;
    in->text_bytes += (uint64_t)n;
    if (n > INT32_MAX)
        return err_set(e, ERR_FORMAT, "a text of %lld bytes before byte %llu", (long long)n,
                       (unsigned long long)intake_offset(&in->in));
    if (!take_text(in, (size_t)n, e))
        return false;
    if (in->text_bytes > ARCHIVE_TOC_BYTES_MAX)
        return err_set(e, ERR_LIMIT, "the table of contents has more than %d bytes",
                       ARCHIVE_TOC_BYTES_MAX);
    in->nul = in->nul || (n > 0 && memchr(in->text.p, 0, (size_t)n) != NULL);
    return true;
}

/* A text of its own in the arena; or the one that *text was before, when it is the same: entries
 * that follow each other have most in common. */
static bool archive_text(struct arena *a, struct archive_in *in, const char **text, struct err *e)
{
    bool none;
    if (!read_text(in, &none, e))
        return false;
    if (none)
        *text = NULL;
    else if (*text == NULL || !slice_eq((struct slice){in->text.p, in->text.n}, *text))
        *text = arena_strndup(a, buf_text(&in->text), in->text.n);
    return true;
}

/* ---- the header -------------------------------------------------------------------------------
 */

/* Seconds, minutes, hours, day, month, year since 1900, summer time: of struct tm. */
static const struct {
    const char *what;
    int64_t least, most;
} stamp_parts[] = {
    {"second", 0, 61},
    {"minute", 0, 59},
    {"hour", 0, 23},
    {"day", 1, 31},
    {"month", 0, 11},
    {"year", 96, 299},
    {"summer time flag", -1, 1},
};

static void note_odd(struct arena *a, struct archive_toc *toc, const char *what, int64_t value)
{
    if (toc->odd == NULL)
        toc->odd = arena_printf(a, "its %s is %lld", what, (long long)value);
}

static bool read_stamp(struct arena *a, struct archive_in *in, struct archive_toc *toc,
                       struct err *e)
{
    for (size_t i = 0; i < COUNT_OF(stamp_parts); i++) {
        int64_t n;
        if (!archive_int(in, &n, e))
            return false;
        if (n < stamp_parts[i].least || n > stamp_parts[i].most)
            note_odd(a, toc, arena_printf(a, "%s of creation", stamp_parts[i].what), n);
    }
    return true;
}

/* A version as PQparameterStatus and PG_VERSION give it: a digit first, printable throughout. */
static bool is_version(const char *text)
{
    if (text == NULL || *text < '0' || *text > '9')
        return false;
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ')
            return false;
    return true;
}

static bool read_packing(struct arena *a, struct archive_in *in, struct archive_toc *toc,
                         struct err *e)
{
    enum { MINOR_OF_ALGORITHM = 15, LEVEL_MAX = 9 };
    uint8_t algorithm;
    int64_t level;
    if (toc->minor >= MINOR_OF_ALGORITHM) {
        if (!archive_take(in, &algorithm, 1, e))
            return false;
        if (algorithm >= PACKINGS)
            return err_set(e, ERR_FORMAT, "its compression is %u, which there is not", algorithm);
        toc->packing = algorithm;
        return true;
    }
    if (!archive_int(in, &level, e))
        return false;
    if (level < -1 || level > LEVEL_MAX)
        note_odd(a, toc, "compression level", level);
    toc->packing = level == 0 ? PACKING_NONE : PACKING_GZIP;
    return true;
}

static bool read_origin(struct arena *a, struct archive_in *in, struct archive_toc *toc,
                        struct err *e)
{
    if (!read_stamp(a, in, toc, e) || !archive_text(a, in, &toc->database, e) ||
        !archive_text(a, in, &toc->server_version, e) ||
        !archive_text(a, in, &toc->dump_version, e))
        return false;
    if (toc->odd != NULL)
        return true;
    if (toc->database == NULL || *toc->database == '\0')
        toc->odd = "it names no database";
    else if (!is_version(toc->server_version))
        toc->odd = "its version of the server is none";
    else if (!is_version(toc->dump_version))
        toc->odd = "its version of pg_dump is none";
    else if (in->nul)
        toc->odd = "a text of it holds a zero byte";
    return true;
}

static bool is_size(unsigned n)
{
    return n == sizeof(uint32_t) || n == sizeof(uint64_t);
}

bool archive_read_head(struct arena *a, struct archive_in *in, struct archive_toc *toc,
                       const char **unknown, struct err *e)
{
    struct {
        uint8_t magic[5], major, minor, revision, int_bytes, offset_bytes, format;
    } head;
    const size_t version_bytes = sizeof head.magic + 3;
    if (!archive_take(in, &head, version_bytes, e))
        return false;
    if (memcmp(head.magic, "PGDMP", sizeof head.magic) != 0)
        return err_set(e, ERR_FORMAT, "it does not begin with PGDMP");
    toc->minor = head.minor;
    if (head.major != 1 || head.minor < ARCHIVE_MINOR_MIN || head.minor > ARCHIVE_MINOR_MAX) {
        *unknown = arena_printf(a, "its archive version is %u.%u; 1.%d to 1.%d are known",
                                head.major, head.minor, ARCHIVE_MINOR_MIN, ARCHIVE_MINOR_MAX);
        return true;
    }
    if (!archive_take(in, &head.int_bytes, sizeof head - version_bytes, e))
        return false;
    if (!is_size(head.int_bytes) || !is_size(head.offset_bytes))
        return err_set(e, ERR_FORMAT, "its numbers have %u bytes and its offsets %u",
                       head.int_bytes, head.offset_bytes);
    if (head.format != in->format)
        return err_set(e, ERR_FORMAT, "its header is that of format %u, not %u", head.format,
                       in->format);
    in->int_bytes = head.int_bytes;
    in->offset_bytes = head.offset_bytes;
    return read_packing(a, in, toc, e) && read_origin(a, in, toc, e);
}

/* ---- the table of contents ---------------------------------------------------------------------
 */

static bool read_dependencies(struct archive_in *in, struct archive_entry *t, struct err *e)
{
    for (bool none = false, first = true;; first = false) {
        uint64_t id;
        if (!read_text(in, &none, e))
            return false;
        if (none)
            return true;
        if (!str_parse_uint(buf_text(&in->text), &id) || id > INT32_MAX)
            return err_set(e, ERR_FORMAT, "entry %lld depends on what is no number",
                           (long long)t->id);
        if (first)
            t->first_dependency = (int64_t)id;
    }
}

static bool read_place(struct archive_in *in, struct archive_entry *t, struct err *e)
{
    uint8_t bytes[1 + sizeof(uint64_t)];
    if (!archive_take(in, bytes, 1 + in->offset_bytes, e))
        return false;
    if (bytes[0] < PLACE_NOT_TOLD || bytes[0] > PLACE_NO_DATA)
        return err_set(e, ERR_FORMAT, "entry %lld has the offset flag %u", (long long)t->id,
                       bytes[0]);
    t->place = bytes[0];
    t->offset = little_endian(bytes + 1, in->offset_bytes);
    return true;
}

/* The texts of an entry between its section and its dependencies; each since a minor version. */
static bool read_texts(struct arena *a, struct archive_in *in, unsigned minor,
                       struct archive_entry *t, struct err *e)
{
    enum { MINOR_OF_METHOD = 14, MINOR_OF_RELKIND = 16 };
    int64_t relkind = 0;
    const char *with_oids = "false";
    bool skipped = in->again && str_eq(t->type, "STATISTICS DATA");
    if (skipped)
        t->definition = NULL;
    if ((!skipped && !archive_text(a, in, &t->definition, e)) ||
        !archive_text(a, in, &t->drop, e) || !archive_text(a, in, &t->copy, e) ||
        !archive_text(a, in, &t->schema, e) || !archive_text(a, in, &t->tablespace, e))
        return false;
    if (minor >= MINOR_OF_METHOD && !archive_text(a, in, &t->method, e))
        return false;
    if (minor >= MINOR_OF_RELKIND && !archive_int(in, &relkind, e))
        return false;
    t->relkind = (char)relkind;
    return archive_text(a, in, &t->owner, e) && archive_text(a, in, &with_oids, e);
}

/* Archives before 1.11 have no sections; the rule is ReadToc's. */
static enum archive_section guess_section(const char *type)
{
    static const struct {
        const char *type;
        enum archive_section section;
    } known[] = {
        {"COMMENT", SECTION_NONE},
        {"ACL", SECTION_NONE},
        {"TABLE DATA", SECTION_DATA},
        {"BLOBS", SECTION_DATA},
        {"BLOB COMMENTS", SECTION_DATA},
        {"CONSTRAINT", SECTION_POST_DATA},
        {"CHECK CONSTRAINT", SECTION_POST_DATA},
        {"FK CONSTRAINT", SECTION_POST_DATA},
        {"INDEX", SECTION_POST_DATA},
        {"RULE", SECTION_POST_DATA},
        {"TRIGGER", SECTION_POST_DATA},
    };
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_eq(known[i].type, type))
            return known[i].section;
    return SECTION_PRE_DATA;
}

static bool read_section(struct archive_in *in, unsigned minor, struct archive_entry *t,
                         struct err *e)
{
    enum { MINOR_OF_SECTION = 11 };
    int64_t section = 0;
    if (minor >= MINOR_OF_SECTION && !archive_int(in, &section, e))
        return false;
    if (minor < MINOR_OF_SECTION)
        section = guess_section(t->type);
    if (section < SECTION_NONE || section > SECTION_POST_DATA)
        return err_set(e, ERR_FORMAT, "entry %lld is of section %lld, which there is not",
                       (long long)t->id, (long long)section);
    t->section = (enum archive_section)section;
    return true;
}

static bool read_identity(struct arena *a, struct archive_in *in, struct archive_entry *t,
                          struct err *e)
{
    int64_t has_data;
    bool none;
    if (!archive_int(in, &t->id, e) || !archive_int(in, &has_data, e))
        return false;
    if (t->id <= 0 || t->id > INT32_MAX || has_data < 0 || has_data > 1)
        return err_set(e, ERR_FORMAT, "no entry: id %lld, data flag %lld", (long long)t->id,
                       (long long)has_data);
    t->has_data = has_data == 1;
    for (int i = 0; i < 2; i++) /* the OIDs of class and object */
        if (!read_text(in, &none, e))
            return false;
    if (!archive_text(a, in, &t->tag, e) || !archive_text(a, in, &t->type, e))
        return false;
    return (t->tag != NULL && t->type != NULL) ||
           err_set(e, ERR_FORMAT, "entry %lld has no name or no type", (long long)t->id);
}

static bool read_entry(struct arena *a, struct archive_in *in, struct archive_toc *toc,
                       struct err *e)
{
    struct archive_entry t = {0};
    if (toc->entries.n > 0)
        t = *(struct archive_entry *)vec_at(&toc->entries, toc->entries.n - 1);
    t.first_dependency = 0;
    t.relkind = 0;
    if (!read_identity(a, in, &t, e) || !read_section(in, toc->minor, &t, e) ||
        !read_texts(a, in, toc->minor, &t, e) || !read_dependencies(in, &t, e) ||
        !(in->format == ARCHIVE_CUSTOM ? read_place(in, &t, e) : archive_text(a, in, &t.file, e)))
        return false;
    if (in->nul)
        return err_set(e, ERR_FORMAT, "entry %lld (%s) holds a zero byte", (long long)t.id, t.tag);
    if (t.file != NULL && *t.file == '\0')
        t.file = NULL;
    *(struct archive_entry *)vec_push(&toc->entries) = t;
    return true;
}

/* SET client_encoding = 'UTF8'; SET standard_conforming_strings = 'on'; and a whole statement. */
static bool take_special(struct arena *a, const struct archive_entry *t, struct archive_toc *toc,
                         struct err *e)
{
    bool encoding = str_eq(t->type, "ENCODING"), strings = str_eq(t->type, "STDSTRINGS");
    if (str_eq(t->type, "SEARCHPATH") && t->definition != NULL)
        toc->search_path = t->definition;
    if (!encoding && !strings)
        return true;
    const char *value = t->definition == NULL ? NULL : strchr(t->definition, '\'');
    const char *end = value == NULL ? NULL : strchr(value + 1, '\'');
    if (end == NULL)
        return err_set(e, ERR_FORMAT, "the entry %s holds no value", t->type);
    const char *word = arena_strndup(a, value + 1, (size_t)(end - value) - 1);
    if (encoding)
        toc->encoding = word;
    else
        toc->standard_strings = str_eq(word, "on");
    return true;
}

static int compare_ids(const void *x, const void *y)
{
    int64_t a = (*(const struct archive_entry *const *)x)->id;
    int64_t b = (*(const struct archive_entry *const *)y)->id;
    return (a > b) - (a < b);
}

struct archive_entry *archive_find(const struct archive_toc *toc, int64_t id)
{
    struct archive_entry key = {.id = id}, *at = &key;
    struct archive_entry **found = toc->by_id.n == 0 ? NULL
                                                     : bsearch(&at, toc->by_id.items, toc->by_id.n,
                                                               toc->by_id.item_bytes, compare_ids);
    return found == NULL ? NULL : *found;
}

static void sort_by_id(struct arena *a, struct archive_toc *toc)
{
    toc->by_id = vec_new(a, sizeof(struct archive_entry *));
    VEC_EACH (struct archive_entry, t, &toc->entries)
        *(struct archive_entry **)vec_push(&toc->by_id) = t;
    if (toc->by_id.n > 0)
        qsort(toc->by_id.items, toc->by_id.n, toc->by_id.item_bytes, compare_ids);
}

bool archive_read_toc(struct arena *a, struct archive_in *in, struct archive_toc *toc,
                      struct err *e)
{
    int64_t n;
    toc->entries = vec_new(a, sizeof(struct archive_entry));
    toc->encoding = "SQL_ASCII"; /* what pg_restore assumes without an entry */
    if (!archive_int(in, &n, e))
        return err_wrap(e, "table of contents");
    if (n <= 0)
        return err_set(e, ERR_FORMAT, "the table of contents claims %lld entries", (long long)n);
    for (int64_t i = 0; i < n; i++)
        if (!read_entry(a, in, toc, e))
            return err_wrap(e, "table of contents, entry %lld of %lld", (long long)i + 1,
                            (long long)n);
    VEC_EACH (const struct archive_entry, t, &toc->entries)
        if (!take_special(a, t, toc, e))
            return err_wrap(e, "table of contents");
    sort_by_id(a, toc);
    return true;
}
