/* SPDX-License-Identifier: PostgreSQL */
/* What the terminal and the text report have in common. */
#ifndef PGR_REPORT_TERMINAL_H
#define PGR_REPORT_TERMINAL_H

#include "base/buf.h"
#include "model/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TERMINAL_COLUMNS = 100 };

/* "ok  ", "WARN", "FAIL", "UNKN", "skip", "--  ": always four columns. */
void terminal_mark(struct buf *out, enum outcome outcome, bool color);

/* Seconds with one decimal, minutes beyond ten of them: "0.1 s", "14.2 min", "3.0 h". */
void terminal_took(struct buf *out, int64_t us);

/* `text` made safe (utf8_show), padded with blanks to `columns`, or cut to them with "..". */
void terminal_cell(struct buf *out, const char *text, size_t columns);

/* `text` made safe and wrapped at blanks to TERMINAL_COLUMNS. The cursor stands in column `at`;
 * further lines begin with `indent` blanks. Ends with a line feed. */
void terminal_wrap(struct buf *out, const char *text, size_t at, size_t indent);

/* Warnings and worse, worst first, at most `most`; then how many more there are. What to do
 * stands once behind neighbours that need the same. */
void terminal_findings(struct buf *out, const struct record *r, size_t most, bool color);

/* "Not checked: …", a line each. */
void terminal_not_checked(struct buf *out, const struct record *r);

/* Each check that was answered, with its result and what was measured. */
void terminal_checks(struct buf *out, const struct record *r, bool color);

#endif
