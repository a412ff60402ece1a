/* SPDX-License-Identifier: PostgreSQL */
/* The log sink. Only cli, run and serve write to it; everything below returns errors instead. */
#ifndef PGR_BASE_LOG_H
#define PGR_BASE_LOG_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR, LOG_LEVELS };
enum log_format { LOG_TEXT, LOG_JSON };

struct log_how {
    int fd; /* where to; 2 unless set */
    enum log_format format;
    enum log_level level; /* less is dropped */
};

/* Until it is called, the log goes to standard error as text from LOG_INFO on. */
void log_set(struct log_how how);

/* One line. Text: "pg_rehearse: warning: …" ("pg_rehearse: …" for LOG_INFO); JSON: one object a
 * line with time, level, message. Control characters are made visible; line breaks become blanks in
 * JSON. At most LOG_LINE_BYTES of the message. */
void log_line(enum log_level level, const char *format, ...) PRINTF(2, 3);
enum { LOG_LINE_BYTES = 2048 };

/* Something for programs in a line. */
struct log_member {
    const char *name; /* as it stands in JSON: lower case, no quotes */
    const char *text; /* NULL: the number counts */
    int64_t number;
};

/* A line with members besides the message, which text lines leave out; of any length. */
void log_event(enum log_level level, const char *message, const struct log_member *members,
               size_t n);

#endif
