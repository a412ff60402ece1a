/* SPDX-License-Identifier: PostgreSQL */
#include "lib/restored.h"

#include "base/fs.h"
#include "base/str.h"
#include "dump/open.h"
#include "lib/bytes.h"

#include <check.h>

#include <string.h>

enum { FILE_MAX = 16 * 1024 * 1024 };

/* Takes the lines out that begin so, with the blank line behind; pg_restore makes their key up. */
static void without_restrict(struct buf *text, const char *word)
{
    char *at = memmem(text->p, text->n, word, strlen(word));
    if (at == NULL) /* of a version before August 2025 */
        return;
    char *end = memmem(at, text->n - (size_t)(at - text->p), "\n\n", 2);
    ck_assert(end != NULL);
    end += 2;
    memmove(at, end, text->n - (size_t)(end - text->p));
    text->n -= (size_t)(end - at);
}

static void read_restored(struct room *room, const char *bindir, const char *path, struct buf *want)
{
    struct err e = {0};
    struct slice text;
    const char *restored = fs_join(room->a, room->dir, "restored.sql");
    MUST_RUN(room, fs_join(room->a, bindir, "pg_restore"), "-f", restored, path);
    ck_assert_msg(fs_read_file(room->a, restored, FILE_MAX, &text, &e), "%s", e.text);
    buf_append(want, text.p, text.n);
    without_restrict(want, "\\restrict ");
    without_restrict(want, "\\unrestrict ");
}

const char *restored_must_equal(struct room *room, const char *bindir, const char *path)
{
    const struct dump_open_options options = {0};
    struct err e = {0};
    CLEANUP(dump_stream_cleanup) struct dump_stream st = {0};
    CLEANUP(buf_cleanup) struct buf got = {0};
    CLEANUP(buf_cleanup) struct buf want = {0};
    read_restored(room, bindir, path, &want);
    ck_assert_msg(dump_open(room->a, path, &options, &st, &e), "%s", e.text);
    ck_assert_msg(bytes_slurp(st.sql, 0, &got, &e), "%s", e.text);
    size_t same = 0;
    while (same < got.n && same < want.n && got.p[same] == want.p[same])
        same++;
    ck_assert_msg(same == got.n && same == want.n, "%s: other from byte %zu: %.200s", path, same,
                  got.p + (same < 100 ? 0 : same - 100));
    ck_assert_uint_eq(st.archive->n_problems, 0);
    return arena_strdup(room->a, st.archive->version);
}
