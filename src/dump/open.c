/* SPDX-License-Identifier: PostgreSQL */
#include "dump/open.h"

#include "base/fs.h"
#include "dump/decode.h"
#include "dump/sniff.h"
#include "io/ahead.h"
#include "io/filter.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* ---- a link that gives peeked bytes back -------------------------------------------------------
 */

struct head_link {
    struct source base;
    char bytes[SNIFF_BYTES];
    size_t n, at;
    bool whole, failed; /* nothing follows; the link below failed behind these */
};

static bool head_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct head_link *h = (struct head_link *)s;
    if (h->at == h->n)
        return source_read(s->below, bytes, n, got, e);
    *got = n < h->n - h->at ? n : h->n - h->at;
    memcpy(bytes, h->bytes + h->at, *got);
    h->at += *got;
    return true;
}

static const struct source_ops head_ops = {.name = "head", .read = head_read};

/* Peeks. A failure is one only when there is nothing in front of it: it is sticky below. */
static bool head_fill(struct head_link *h, struct err *e)
{
    size_t got = 1;
    while (got > 0 && h->n < sizeof h->bytes) {
        if (!source_read(h->base.below, h->bytes + h->n, sizeof h->bytes - h->n, &got, e)) {
            h->failed = true;
            return h->n > 0;
        }
        h->n += got;
    }
    h->whole = got == 0;
    return true;
}

static struct head_link *head_link(struct arena *a, struct source *below)
{
    struct head_link *h = ARENA_NEW(a, struct head_link);
    h->base = (struct source){.ops = &head_ops, .below = below};
    return h;
}

/* ---- the top link, which keeps the stream's facts ----------------------------------------------
 */

enum { LAYERS_MAX = 4 };

struct layer {
    const struct decoder *decoder;
    const char *name;
    struct filter_facts facts;
};

/* While the chain is built, base.below is what was built so far. */
struct facts_link {
    struct source base;
    struct arena *a;
    struct dump_stream *stream;
    struct source *file;    /* the bytes as they are stored, or what counts as them */
    struct source *decoded; /* what is packed in them, decoded ahead; NULL when nothing is packed */
    const char *unpacked;   /* folder with what is to be read, or NULL */
    char sha256[65];
    struct dump_open_options options;
    struct layer layers[LAYERS_MAX]; /* from the outside in */
    size_t n_layers;
};

static void add_note(struct facts_link *f, const char *note)
{
    const char *before = f->stream->note;
    f->stream->note = before == NULL ? note : arena_printf(f->a, "%s; %s", before, note);
}

static const char *protection_of(const struct layer *l)
{
    bool all = l->facts.members > 0 && l->facts.checked == l->facts.members;
    if (!all && !l->decoder->always)
        return "none";
    return l->facts.checksum != NULL ? l->facts.checksum : l->decoder->checksum;
}

/* A checksum for each of an archive's data, or none that counts. */
static const char *protection_of_archive(const struct dump_stream *stream)
{
    static const struct {
        const char *format, *compression, *sum;
    } sums[] = {
        {"custom", "gzip", "adler32"}, {"directory", "gzip", "crc32"},
        {"custom", "lz4", "xxh32"},    {"directory", "lz4", "xxh32"},
        {"custom", "zstd", "xxh64"},   {"directory", "zstd", "xxh64"},
    };
    const struct archive_facts *archive = stream->archive;
    bool all = archive != NULL && archive->members > 0 && archive->checked == archive->members;
    for (size_t i = 0; all && i < COUNT_OF(sums); i++)
        if (str_eq(stream->format, sums[i].format) &&
            str_eq(archive->compression, sums[i].compression))
            return sums[i].sum;
    return "none";
}

/* The outermost checksum proves everything inside it. */
static void update(struct facts_link *f)
{
    struct dump_stream *st = f->stream;
    st->file_bytes = f->file->offset;
    st->members = f->n_layers > 0 ? f->layers[0].facts.members : 0;
    if (st->archive != NULL)
        st->members = st->archive->members;
    st->protection = protection_of_archive(st);
    for (size_t i = f->n_layers; i-- > 0;) {
        const char *here = protection_of(&f->layers[i]);
        if (!str_eq(here, "none"))
            st->protection = here;
    }
}

static void note_trailing(struct facts_link *f, const struct layer *l)
{
    unsigned long long at = l->facts.trailing_offset;
    f->stream->garbage |= l->facts.garbage;
    if (l->facts.garbage)
        add_note(f, arena_printf(f->a, "%s: something else follows the last member at byte %llu",
                                 l->name, at));
    else if (l->facts.padding_bytes > 0)
        add_note(f, arena_printf(f->a, "%s: %llu zero bytes follow the last member at byte %llu",
                                 l->name, (unsigned long long)l->facts.padding_bytes, at));
}

/* Where the decoder gave up, the rest of the file is read for its digest. */
static void read_rest(struct facts_link *f)
{
    char bytes[16 * 1024];
    struct err ignored;
    for (size_t got = 1; got > 0 && !interrupt_pending(f->options.intr);)
        if (!source_read(f->file, bytes, sizeof bytes, &got, &ignored))
            return;
}

/* The links below are at rest after the end or a failure; until then only the figure that is read
 * ahead may be looked at. */
static bool facts_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct facts_link *f = (struct facts_link *)s;
    bool ok = source_read(s->below, bytes, n, got, e);
    f->stream->file_bytes = f->decoded == NULL ? f->file->offset : source_ahead_watched(f->decoded);
    if (ok && *got > 0)
        return true;
    if (!ok)
        read_rest(f);
    update(f);
    const struct archive_facts *archive = f->stream->archive;
    bool is_folder = archive != NULL && archive->sha256[0] != '\0';
    memcpy(f->stream->sha256, is_folder ? archive->sha256 : f->sha256, sizeof f->sha256);
    for (size_t i = 0; ok && i < f->n_layers; i++)
        note_trailing(f, &f->layers[i]);
    return ok;
}

static const struct source_ops facts_ops = {.name = "dump", .read = facts_read};

/* ---- building the chain ------------------------------------------------------------------------
 */

/* "the file", or what the innermost decoder gives. */
static const char *subject(const struct facts_link *f)
{
    if (f->n_layers == 0)
        return "the file";
    return arena_printf(f->a, "what is packed in it (%s)", f->stream->compression);
}

static void name_compression(struct facts_link *f, const char *name)
{
    struct dump_stream *st = f->stream;
    bool first = str_eq(st->compression, "none");
    st->compression = first ? name : arena_printf(f->a, "%s, %s", st->compression, name);
}

static bool unpack(struct facts_link *f, const struct sniff *is, struct err *e)
{
    if (f->n_layers == LAYERS_MAX)
        return err_set(e, ERR_LIMIT, "it is packed more than %d times (%s, and %s again)",
                       LAYERS_MAX, f->stream->compression, is->name);
    struct layer *l = &f->layers[f->n_layers];
    *l = (struct layer){.decoder = decoder_of(is->kind), .name = is->name};
    struct filter_limit limit = {.max_expansion = f->options.max_expansion, .counted = f->file};
    struct decode how = {.a = f->a,
                         .below = f->base.below,
                         .facts = &l->facts,
                         .member = f->options.member,
                         .chosen = &f->stream->member,
                         .unpacked = &f->unpacked,
                         .scratch = f->options.scratch,
                         .limit = &limit,
                         .intr = f->options.intr};
    f->base.below = filter_limit(f->a, l->decoder->open(&how, e), &limit);
    f->n_layers++;
    name_compression(f, is->name);
    return f->base.below != NULL;
}

static bool foreign(struct facts_link *f, const struct sniff *is, struct slice text, struct err *e)
{
    enum { WORD_BYTES_MAX = 40 };
    struct slice word = sniff_first_word(text);
    bool printable = str_eq(is->name, "text") && word.n > 0 && word.n <= WORD_BYTES_MAX;
    for (size_t i = 0; i < word.n; i++)
        printable = printable && word.p[i] > ' ' && word.p[i] < 0x7f;
    if (!printable)
        return err_set(e, ERR_FORMAT, "no dump: %s %s", subject(f), is->says);
    return err_set(e, ERR_FORMAT, "no dump: %s %s but with \"%.*s\"", subject(f), is->says,
                   (int)word.n, word.p);
}

static void begin_sql(struct facts_link *f, struct head_link *h)
{
    f->stream->format = "plain";
    f->stream->sql = &f->base;
    if (f->n_layers > 0)
        f->base.below = f->decoded = source_ahead(f->a, f->base.below, &f->file->offset);
    if (!sniff_has_bom((struct slice){h->bytes, h->n}))
        return;
    h->at = SNIFF_BOM_BYTES;
    add_note(f, "it begins with a byte order mark of UTF-8, which is skipped");
}

static void name_known(struct facts_link *f, const struct sniff *is)
{
    f->stream->format = is->name;
    if (is->says != NULL)
        add_note(f, arena_printf(f->a, "%s %s", subject(f), is->says));
}

static bool broken(struct facts_link *f)
{
    f->stream->broken = f->n_layers > 0;
    return false;
}

/* `sql` is what the archive's link gives: NULL when it cannot be read, or is not. */
static bool begin_archive(struct facts_link *f, const char *format, struct source *sql,
                          const struct archive_facts *facts)
{
    struct dump_stream *st = f->stream;
    struct filter_limit limit = {.max_expansion = f->options.max_expansion, .counted = f->file};
    st->format = format;
    st->archive = facts;
    f->base.below = NULL;
    if (sql == NULL && facts->unknown != NULL)
        add_note(f, facts->unknown);
    if (sql == NULL)
        return facts->unknown != NULL;
    if (!str_eq(facts->compression, "none"))
        name_compression(f, facts->compression);
    f->decoded = source_ahead(f->a, filter_limit(f->a, sql, &limit), &f->file->offset);
    f->base.below = f->decoded;
    st->sql = &f->base;
    return true;
}

static bool look_archive(struct facts_link *f, const struct sniff *is, struct err *e)
{
    struct archive_facts *facts = ARENA_NEW(f->a, struct archive_facts);
    struct source *sql = str_eq(is->name, "custom") ? archive_custom(f->a, f->base.below, facts, e)
                                                    : archive_tar(f->a, f->base.below, facts, e);
    f->stream->broken = sql == NULL; /* when that fails: it did begin as an archive */
    return begin_archive(f, is->name, sql, facts);
}

/* ---- a folder that was unpacked ----------------------------------------------------------------
 */

struct unpacked_link {
    struct source base;
    struct source *packed; /* what it was unpacked from, at its end */
    const char *folder;
};

static bool unpacked_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    return source_read(s->below, bytes, n, got, e);
}

static void unpacked_close(struct source *s)
{
    struct unpacked_link *u = (struct unpacked_link *)s;
    struct err ignored; /* it lies in a scratch that goes as a whole, and is proved to be gone */
    (void)!fs_remove_tree(u->folder, &ignored);
    source_close(u->packed);
}

static const struct source_ops unpacked_ops = {
    .name = "unpacked", .read = unpacked_read, .close = unpacked_close};

static bool look_unpacked(struct facts_link *f, struct err *e)
{
    struct archive_facts *facts = ARENA_NEW(f->a, struct archive_facts);
    struct unpacked_link *u = ARENA_NEW(f->a, struct unpacked_link);
    *u = (struct unpacked_link){
        .base = {.ops = &unpacked_ops}, .packed = f->base.below, .folder = f->unpacked};
    u->base.below = archive_directory(f->a, f->unpacked, facts, e);
    bool is_read = u->base.below != NULL;
    if (!is_read)
        source_close(&u->base);
    f->stream->broken = !is_read;
    return begin_archive(f, "directory", is_read ? &u->base : NULL, facts);
}

/* ---- layer by layer ----------------------------------------------------------------------------
 */

/* Looks at what the chain gives. *more: that was packed, and is unpacked now. */
static bool look(struct facts_link *f, bool *more, struct err *e)
{
    struct head_link *h = head_link(f->a, f->base.below);
    f->base.below = &h->base;
    if (!head_fill(h, e))
        return broken(f);
    struct slice text = {h->bytes, h->n};
    const struct sniff *is = sniff(&(struct sniff_head){.text = text, .whole = h->whole});
    *more = decoder_of(is->kind) != NULL;
    if (*more && !unpack(f, is, e)) {
        f->stream->broken = f->stream->member != NULL; /* it did hold a dump */
        return false;
    }
    if (f->unpacked != NULL) {
        *more = false;
        return look_unpacked(f, e);
    }
    if (*more)
        return true;
    if (is->kind == SNIFF_ARCHIVE)
        return look_archive(f, is, e);
    if (is->kind == SNIFF_FOREIGN) /* what could be read decides nothing when reading failed */
        return h->failed ? broken(f) : foreign(f, is, text, e);
    if (is->kind == SNIFF_SQL)
        begin_sql(f, h);
    else
        name_known(f, is);
    return true;
}

static bool build(struct facts_link *f, struct err *e)
{
    for (bool more = true; more;)
        if (!look(f, &more, e))
            return false;
    update(f);
    return true;
}

/* A member that was asked for, of something that has none. */
static bool has_member(const struct facts_link *f, struct err *e)
{
    if (f->options.member == NULL || f->stream->member != NULL)
        return true;
    return err_set(e, ERR_USAGE, "there is no member \"%s\", since %s is no tar archive",
                   f->options.member, subject(f));
}

static bool open_source(struct arena *a, struct source *file,
                        const struct dump_open_options *options, struct dump_stream *stream,
                        struct err *e)
{
    if (file == NULL)
        return false;
    struct facts_link *f = ARENA_NEW(a, struct facts_link);
    *f = (struct facts_link){
        .base = {.ops = &facts_ops}, .a = a, .stream = stream, .file = file, .options = *options};
    if (!options->no_sha256)
        f->file = source_ahead(a, filter_digest(a, file, f->sha256), NULL);
    f->base.below = f->file;
    bool ok = build(f, e) && has_member(f, e);
    if (!ok || stream->sql == NULL)
        source_close(&f->base);
    if (!ok)
        stream->sql = NULL;
    return ok || err_wrap(e, "%s", options->name);
}

static bool open_folder(struct arena *a, const char *path, const struct dump_open_options *options,
                        struct dump_stream *stream, struct err *e)
{
    struct archive_facts *facts = ARENA_NEW(a, struct archive_facts);
    struct facts_link *f = ARENA_NEW(a, struct facts_link);
    *f = (struct facts_link){
        .base = {.ops = &facts_ops}, .a = a, .stream = stream, .options = *options};
    facts->wants_digests = !options->no_sha256;
    struct source *sql = archive_directory(a, arena_strdup(a, path), facts, e);
    f->file = facts->files;
    if (!begin_archive(f, "directory", sql, facts))
        return err_wrap(e, "%s", path);
    update(f);
    return true;
}

static const struct dump_stream nothing_known = {
    .format = "unknown", .compression = "none", .protection = "none"};

bool dump_open(struct arena *a, const char *path, const struct dump_open_options *options,
               struct dump_stream *stream, struct err *e)
{
    *stream = nothing_known;
    if (fs_is_dir(path))
        return open_folder(a, path, options, stream, e);
    struct dump_open_options named = *options;
    named.name = path;
    return open_source(a, source_file(a, arena_strdup(a, path), e), &named, stream, e);
}

bool dump_open_source(struct arena *a, struct source *in, const struct dump_open_options *options,
                      struct dump_stream *stream, struct err *e)
{
    *stream = nothing_known;
    return open_source(a, in, options, stream, e);
}

void dump_stream_cleanup(struct dump_stream *stream)
{
    source_cleanup(&stream->sql);
}
