/* SPDX-License-Identifier: PostgreSQL */
/* The log sink. Only cli, run and serve write to it; everything below returns errors instead. */
#ifndef PGR_BASE_LOG_H
#define PGR_BASE_LOG_H

#include "base/attr.h"

#include <stdbool.h>

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
 * line with time, level, message. Control characters are made visible. */
void log_line(enum log_level level, const char *format, ...) PRINTF(2, 3);

#endif
