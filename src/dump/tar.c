/* SPDX-License-Identifier: PostgreSQL */
#include "base/buf.h"
#include "dump/decode.h"

#include <archive.h>
#include <archive_entry.h>

#include <errno.h>
#include <string.h>

enum { IN_BYTES = 64 * 1024, BLOCK_BYTES = 512, NAMES_TOLD_MAX = 5 };

struct tar_link {
    struct source base;
    struct arena *a; /* its own: it may be read on another thread than its caller's */
    struct archive *archive;
    uint8_t *in;
    struct err below; /* why the link below failed */
    bool below_failed;
    uint64_t data_end;  /* behind the last byte that was not zero */
    const char *wanted; /* or NULL */
    const char *chosen; /* the member that is being read, or was; NULL: not found yet */
    char head[SNIFF_BYTES];
    size_t at, n; /* head[at .. n) of the member wait to be given */
    bool member_ended, at_end;
    size_t n_members;
    struct buf names; /* of members that could be dumps */
    size_t n_dumps;
    struct filter_facts *facts;
};

static bool broken(const struct tar_link *t, const char *what, struct err *e)
{
    return err_set(e, ERR_FORMAT, "tar: %s near byte %llu", what,
                   (unsigned long long)t->base.below->offset);
}

/* ---- libarchive --------------------------------------------------------------------------------
 */

/* The archive ends with two blocks of zeros at least (POSIX.1-2017, pax, "ustar Interchange
 * Format"), which begin where a block does. */
static void watch_end(struct tar_link *t, size_t n)
{
    size_t used = n;
    while (used > 0 && t->in[used - 1] == 0)
        used--;
    if (used > 0)
        t->data_end = t->base.below->offset - (n - used);
}

static bool has_end_mark(const struct tar_link *t)
{
    uint64_t blocks = (t->data_end + BLOCK_BYTES - 1) / BLOCK_BYTES;
    return t->base.below->offset >= (blocks + 2) * BLOCK_BYTES;
}

static la_ssize_t give_bytes(struct archive *archive, void *link, const void **bytes)
{
    struct tar_link *t = link;
    size_t got;
    if (!source_read(t->base.below, t->in, IN_BYTES, &got, &t->below)) {
        t->below_failed = true;
        archive_set_error(archive, EIO, "%s", t->below.text);
        return -1;
    }
    watch_end(t, got);
    *bytes = t->in;
    return (la_ssize_t)got;
}

static bool archive_failed(const struct tar_link *t, struct err *e)
{
    if (t->below_failed) {
        *e = t->below;
        return false;
    }
    const char *words = archive_error_string(t->archive);
    return broken(t, words == NULL ? "the archive is damaged" : words, e);
}

static bool open_archive(struct tar_link *t, struct err *e)
{
    t->archive = archive_read_new();
    if (t->archive == NULL || archive_read_support_format_tar(t->archive) != ARCHIVE_OK)
        return err_set(e, ERR_SYSTEM, "tar: no memory for a reader");
    return archive_read_open(t->archive, t, NULL, give_bytes, NULL) == ARCHIVE_OK ||
           archive_failed(t, e);
}

/* ---- members -----------------------------------------------------------------------------------
 */

static const char *without_dot(const char *name)
{
    return str_starts(name, "./") ? name + 2 : name;
}

/* The next ordinary file; NULL at the end of the archive. */
static bool next_file(struct tar_link *t, const char **name, struct err *e)
{
    for (struct archive_entry *entry;;) {
        int status = archive_read_next_header(t->archive, &entry);
        *name = NULL;
        if (status == ARCHIVE_EOF)
            return true;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return archive_failed(t, e);
        if (++t->n_members > TAR_MEMBERS_MAX)
            return err_set(e, ERR_REFUSED, "tar: more than %d members", TAR_MEMBERS_MAX);
        const char *path = archive_entry_pathname(entry);
        if (archive_entry_filetype(entry) != AE_IFREG || path == NULL)
            continue;
        *name = arena_strdup(t->a, without_dot(path));
        return true;
    }
}

static bool read_data(struct tar_link *t, void *bytes, size_t n, size_t *got, struct err *e)
{
    la_ssize_t some = archive_read_data(t->archive, bytes, n);
    if (some < 0)
        return archive_failed(t, e);
    *got = (size_t)some;
    return true;
}

static bool read_head(struct tar_link *t, bool *whole, struct err *e)
{
    size_t got = 1;
    t->at = t->n = 0;
    while (got > 0 && t->n < sizeof t->head) {
        if (!read_data(t, t->head + t->n, sizeof t->head - t->n, &got, e))
            return false;
        t->n += got;
    }
    *whole = got == 0;
    return true;
}

/* Files that go with a dump: lists of digests, manifests. */
static bool is_companion(const char *name)
{
    static const char *const endings[] = {".sha256", ".md5", ".manifest.json", "SHA256SUMS"};
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (str_ends(name, endings[i]))
            return true;
    return false;
}

static void note_dump(struct tar_link *t, const char *name)
{
    t->n_dumps++;
    if (t->n_dumps <= NAMES_TOLD_MAX)
        buf_printf(&t->names, "%s%s", t->n_dumps == 1 ? "" : ", ", name);
}

/* Could what is in head be a dump? A table of contents beside it makes it part of a directory
 * archive, which is another thing. */
static bool could_be(struct tar_link *t, const char *name, bool whole, bool *is, struct err *e)
{
    const char *slash = strrchr(name, '/');
    if (str_eq(slash == NULL ? name : slash + 1, "toc.dat"))
        return err_set(e, ERR_REFUSED,
                       "tar: it holds a directory archive of pg_dump (%s); unpack it first", name);
    struct sniff_head head = {.text = {t->head, t->n}, .whole = whole};
    *is = t->n > 0 && !is_companion(name) && sniff(&head)->kind != SNIFF_FOREIGN;
    if (*is)
        note_dump(t, name);
    return true;
}

static bool several(const struct tar_link *t, struct err *e)
{
    return err_set(e, ERR_REFUSED,
                   "tar: it holds %zu dumps or more (%s); say which one with BACKUP#MEMBER",
                   t->n_dumps, buf_text(&t->names));
}

/* Looks at the next member; takes it when it is the one. */
static bool look_at_next(struct tar_link *t, bool *more, struct err *e)
{
    const char *name;
    bool whole, is;
    if (!next_file(t, &name, e))
        return false;
    *more = name != NULL;
    if (name == NULL || (t->wanted != NULL && t->chosen != NULL))
        return true;
    if (t->wanted != NULL) {
        is = str_eq(name, without_dot(t->wanted));
        if (is && !read_head(t, &whole, e))
            return false;
    } else if (!read_head(t, &whole, e) || !could_be(t, name, whole, &is, e)) {
        return false;
    }
    if (is && t->chosen != NULL)
        return several(t, e);
    if (is)
        t->chosen = name;
    else
        t->at = t->n = 0;
    return true;
}

static bool find_member(struct tar_link *t, struct err *e)
{
    for (bool more = true; more && t->chosen == NULL;)
        if (!look_at_next(t, &more, e))
            return false;
    if (t->chosen != NULL)
        return true;
    if (t->wanted != NULL)
        return err_set(e, ERR_USAGE, "tar: there is no member \"%s\"", t->wanted);
    return broken(t, t->n_members == 0 ? "it is empty" : "no member of it is a dump", e);
}

/* The members behind the dump, and what follows the archive itself. */
static bool read_rest(struct tar_link *t, struct err *e)
{
    for (bool more = true; more;)
        if (!look_at_next(t, &more, e))
            return false;
    const void *ignored;
    for (la_ssize_t got = 1; got > 0;)
        if ((got = give_bytes(t->archive, t, &ignored)) < 0)
            return archive_failed(t, e);
    t->at_end = true;
    if (!has_end_mark(t))
        return broken(t, "the archive has no end mark: whatever followed is lost,", e);
    return true;
}

/* ---- the source --------------------------------------------------------------------------------
 */

static bool tar_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct tar_link *t = (struct tar_link *)s;
    *got = n < t->n - t->at ? n : t->n - t->at;
    memcpy(bytes, t->head + t->at, *got);
    t->at += *got;
    if (*got == 0 && !t->member_ended) {
        if (!read_data(t, bytes, n, got, e))
            return false;
        t->member_ended = *got == 0;
    }
    return *got > 0 || t->at_end || read_rest(t, e);
}

static void tar_close(struct source *s)
{
    struct tar_link *t = (struct tar_link *)s;
    (void)archive_read_free(t->archive);
    buf_cleanup(&t->names);
    arena_free(t->a);
}

static const struct source_ops tar_ops = {.name = "tar", .read = tar_read, .close = tar_close};

struct source *tar_member(const struct decode *how, struct err *e)
{
    if (how->below == NULL)
        return NULL;
    struct tar_link *t = ARENA_NEW(how->a, struct tar_link);
    *t = (struct tar_link){.base = {.ops = &tar_ops, .below = how->below},
                           .a = arena_new(),
                           .in = arena_alloc(how->a, IN_BYTES),
                           .wanted = how->member,
                           .facts = how->facts};
    *how->facts = (struct filter_facts){.members = 1};
    if (open_archive(t, e) && find_member(t, e)) {
        *how->chosen = arena_strdup(how->a, t->chosen);
        return &t->base;
    }
    source_close(&t->base);
    return NULL;
}
