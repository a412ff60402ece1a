/* SPDX-License-Identifier: PostgreSQL */
/* Sentences and figures of the record that every format for people words in the same way. The
 * texts are in the arena and not yet made safe to show. */
#ifndef PGR_REPORT_SAY_H
#define PGR_REPORT_SAY_H

#include "base/arena.h"
#include "model/record.h"

/* "PASSED with 1 warning", "FAILED", "UNKNOWN", "INTERRUPTED" */
const char *say_verdict(struct arena *a, const struct record *r);

/* The conclusion without a verdict in front of it, with a full stop; "" when there is none. */
const char *say_conclusion(struct arena *a, const struct record *r);

/* "Restore 11.4 s of 60 s." */
const char *say_objective(struct arena *a, const struct objective *o);

/* "Restore time" of "objectives.restore_time" */
const char *say_objective_title(struct arena *a, const struct objective *o);

/* What became of every objective that was judged, two blanks between sentences; those that could
 * not be measured share one: "Restore 11.4 s of 60 s.  Not measured: load p99, recovery time." */
const char *say_objectives(struct arena *a, const struct record *r);

/* A figure of an objective in its unit. */
const char *say_figure(struct arena *a, double value, const char *unit);

/* Summary and, where it did not go well, the reason; "" when there is neither. */
const char *say_stage(struct arena *a, const struct stage_facts *stage);

/* The finding's text, with its subject in front when the text does not name it. */
const char *say_finding(struct arena *a, const struct finding *f);

/* "15.18" of "PostgreSQL 15.18 (Debian 15.18-0+deb12u1) …" */
const char *say_version(struct arena *a, const char *version);

/* "gzip, 1 member, 230 MB; plain SQL of pg_dump 15.18 from PostgreSQL 15.18, database "shop", UTF8"
 */
const char *say_backup(struct arena *a, const struct backup_facts *b);

/* "41 tables, 8,123,004 rows, 1.19 GB of SQL"; empty when nothing was read */
const char *say_contents(struct arena *a, const struct backup_facts *b);

/* "shop (PostgreSQL 15.18, 1.20 GB, 41 tables)" */
const char *say_server(struct arena *a, const struct server_facts *s);

/* "1,412" or "0.4" */
const char *say_rate(struct arena *a, double per_second);

/* The figure with thousands marked, or "-". */
const char *say_maybe(struct arena *a, struct maybe m);

/* Element i of a list of texts. */
const char *say_item(const struct vec *texts, size_t i);

/* `text`, or "" for NULL. */
const char *say_text(const char *text);

#endif
