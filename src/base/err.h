/* SPDX-License-Identifier: PostgreSQL */
/* Errors by value: a code, the errno or SQLSTATE behind it, and a text that is chained on the way
 * up. */
#ifndef PGR_BASE_ERR_H
#define PGR_BASE_ERR_H

#include "base/attr.h"

#include <stdbool.h>

enum err_code {
#define ERR(name, status, text) ERR_##name,
#include "base/err.def"
#undef ERR
    ERR_CODES
};

struct err {
    enum err_code code;
    int sys;          /* errno, or 0 */
    char sqlstate[6]; /* five characters, or empty */
    char text[700];
};

/* Sets code and text. Always gives false, so that failing is one line. */
bool err_set(struct err *e, enum err_code code, const char *format, ...) PRINTF(3, 4);

/* Like err_set with the present errno: its text is appended; ENOSPC and EDQUOT become ERR_SPACE. */
bool err_sys(struct err *e, const char *format, ...) PRINTF(2, 3);

/* Puts "format: " in front of the text that is already there. Always gives false. */
bool err_wrap(struct err *e, const char *format, ...) PRINTF(2, 3);

/* Name of a code as in err.def ("FORMAT"), for logs and reports. */
const char *err_name(enum err_code code);

/* Exit status that a code stands for when it ends the program. */
int err_exit_status(enum err_code code);

#endif
