/* SPDX-License-Identifier: PostgreSQL */
/* The main program of a test runner: a table of Check suites, run in Check's fork mode. */
#ifndef PGR_LIB_RUNNER_H
#define PGR_LIB_RUNNER_H

#include <check.h>

/* A row of suites.def. The last row of a table has no name. */
struct runner_suite {
    const char *name;
    Suite *(*make)(void);
};

/*
 * Runs the suites whose name contains one of argv[1..], or all of them, and prints Check's closing
 * line.
 * `--list` prints their names instead. Appends "KIND PASSED FAILED SKIPPED" to the file that
 * $PGR_TALLY names. Returns the exit status of the process: 0 all passed, 1 something failed, 2 no
 * such suite.
 */
int runner_main(const char *kind, const struct runner_suite *suites, int argc, char **argv);

/*
 * Marks the running test as skipped, with a reason that the runner prints at the end; the test
 * returns right after the call. A skipped test is never counted as passed. Once per test, from the
 * test's own process.
 */
void runner_skip(const char *reason);

#endif
