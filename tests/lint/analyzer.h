/* SPDX-License-Identifier: PostgreSQL */
/* Included by tests/lint/tidy before each source: tells clang's analyzer, which sees one file at a
 * time, what the contracts of other files promise. */
#ifndef PGR_LINT_ANALYZER_H
#define PGR_LINT_ANALYZER_H

#include "base/err.h"

/* These always give false. Without that the analyzer walks on after failures and reports what
 * cannot happen. */
#define err_set(...) ((void)(err_set)(__VA_ARGS__), false)
#define err_sys(...) ((void)(err_sys)(__VA_ARGS__), false)
#define err_wrap(...) ((void)(err_wrap)(__VA_ARGS__), false)

#endif
