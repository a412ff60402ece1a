/* SPDX-License-Identifier: PostgreSQL */
/* The renderers behind the rows of report.def. */
#ifndef PGR_REPORT_FORMATS_H
#define PGR_REPORT_FORMATS_H

#include "report/report.h" // IWYU pragma: export; report_json is declared there

#define REPORT(name, suffix, help) void report_##name(const struct record *r, struct buf *out);
#include "report/report.def"
#undef REPORT

#endif
