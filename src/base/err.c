/* SPDX-License-Identifier: PostgreSQL */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int exit_status;
} codes[ERR_CODES] = {
#define ERR(name, status, text) [ERR_##name] = {#name, status},
#include "base/err.def"
#undef ERR
};

/* Keeps a text that did not fit honest: it ends in three dots. */
static void mark_cut(struct err *e, int needed)
{
    if (needed >= (int)sizeof e->text)
        memcpy(e->text + sizeof e->text - 4, "...", 4);
}

bool err_set(struct err *e, enum err_code code, const char *format, ...)
{
    *e = (struct err){.code = code};
    va_list args;
    va_start(args, format);
    mark_cut(e, vsnprintf(e->text, sizeof e->text, format, args));
    va_end(args);
    return false;
}

bool err_sys(struct err *e, const char *format, ...)
{
    int sys = errno;
    enum err_code code = sys == ENOSPC || sys == EDQUOT ? ERR_SPACE : ERR_SYSTEM;
    char what[sizeof e->text];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    err_set(e, code, "%s: %s", what, strerror(sys));
    e->sys = sys;
    return false;
}

bool err_wrap(struct err *e, const char *format, ...)
{
    char below[sizeof e->text];
    memcpy(below, e->text, sizeof below);
    char where[sizeof e->text];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(where, sizeof where, format, args);
    va_end(args);
    mark_cut(e, snprintf(e->text, sizeof e->text, "%s: %s", where, below));
    return false;
}

const char *err_name(enum err_code code)
{
    return codes[code].name;
}

int err_exit_status(enum err_code code)
{
    return codes[code].exit_status;
}
