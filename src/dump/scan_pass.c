/* SPDX-License-Identifier: PostgreSQL */
/* Moving on in the window: whatever is passed is looked at for characters that are none. */
#include "dump/glance.h"
#include "dump/scanner.h"

#include <string.h>

enum { PROGRESS_BYTES = 1024 * 1024 };

static void look_for_nul(struct scanner *sc, const char *bytes, size_t n)
{
    const char *nul = sc->nul_seen ? NULL : memchr(bytes, '\0', n);
    if (nul == NULL)
        return;
    sc->nul_seen = true;
    (void)scan_problem(sc, PROBLEM_CODE_NUL_BYTE,
                       window_offset(&sc->window) + (uint64_t)(nul - bytes), sc->object,
                       "a zero byte in the text: something wrote over it");
}

static void look_at(struct scanner *sc, size_t n, bool plain)
{
    const char *bytes = window_bytes(&sc->window);
    const struct stretch *s = &sc->stretch;
    if (!plain || s->utf8.left > 0 || s->reader.n_held > 0)
        scan_characters(sc, bytes, n);
    if (!plain)
        look_for_nul(sc, bytes, n);
}

/* Are the next n bytes ASCII without NUL? Statements are short: many are looked at in one go. False
 * where that does not show it. */
static bool is_plain(struct scanner *sc, size_t n)
{
    enum { GLANCE_BYTES = 4096 };
    uint64_t from = window_offset(&sc->window);
    if (from + n > sc->looked_until) {
        size_t look = window_left(&sc->window) < GLANCE_BYTES ? n : GLANCE_BYTES;
        look = look < n ? n : look;
        sc->looked_plain = glance_is_plain(window_bytes(&sc->window), look);
        sc->looked_until = from + look;
    }
    return sc->looked_plain;
}

/* Behind the bytes that were passed. */
static bool moved(struct scanner *sc, struct err *e)
{
    uint64_t offset = window_offset(&sc->window);
    if (offset - sc->told < PROGRESS_BYTES)
        return true;
    sc->told = offset;
    sc->facts->bytes = offset;
    sc->facts->last_object = sc->object;
    if (sc->listener.progress != NULL)
        sc->listener.progress(sc->listener.context, sc->facts);
    return interrupt_check(sc->how->intr, e);
}

bool scan_pass(struct scanner *sc, size_t n, uint64_t lines, bool plain, struct err *e)
{
    look_at(sc, n, plain);
    window_pass_lines(&sc->window, n, lines);
    return moved(sc, e);
}

bool scan_consume(struct scanner *sc, size_t n, struct err *e)
{
    look_at(sc, n, is_plain(sc, n));
    sc->window.start += n;
    return moved(sc, e);
}
