/* SPDX-License-Identifier: PostgreSQL */
#include "lib/runner.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Tests run in processes of their own; skips come back through a file that this variable names. */
#define SKIPS_ENV "PGR_TEST_SKIPS"

void runner_skip(const char *reason)
{
    const char *path = getenv(SKIPS_ENV);
    assert(path != NULL);
    FILE *f = fopen(path, "ae");
    assert(f != NULL);
    fprintf(f, "%s\n", reason);
    fclose(f);
}

static bool wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strstr(name, argv[i]) != NULL)
            return true;
    }
    return argc < 2;
}

static SRunner *collect(const struct runner_suite *suites, int argc, char **argv)
{
    SRunner *runner = NULL;
    for (; suites->name != NULL; suites++) {
        if (!wanted(suites->name, argc, argv))
            continue;
        if (runner == NULL)
            runner = srunner_create(suites->make());
        else
            srunner_add_suite(runner, suites->make());
    }
    return runner;
}

static int list(const struct runner_suite *suites)
{
    for (; suites->name != NULL; suites++)
        puts(suites->name);
    return 0;
}

/* Prints the reasons and returns how many there are. */
static int print_skips(const char *path)
{
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return 0;
    char line[512];
    int n = 0;
    while (fgets(line, sizeof line, f) != NULL) {
        printf("skipped: %s", line);
        n++;
    }
    fclose(f);
    return n;
}

static bool tally(const char *kind, int passed, int failed, int skipped)
{
    const char *path = getenv("PGR_TALLY");
    if (path == NULL)
        return true;
    FILE *f = fopen(path, "ae");
    if (f == NULL)
        return false;
    fprintf(f, "%s %d %d %d\n", kind, passed, failed, skipped);
    return fclose(f) == 0;
}

int runner_main(const char *kind, const struct runner_suite *suites, int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        return list(suites);
    if (suites->name == NULL)
        return tally(kind, 0, 0, 0) ? 0 : 1;
    SRunner *runner = collect(suites, argc, argv);
    if (runner == NULL) {
        fprintf(stderr, "%s: no suite is named so; --list names them\n", kind);
        return 2;
    }
    char skips[] = "/tmp/pgr-skips-XXXXXX";
    int fd = mkstemp(skips);
    if (fd < 0 || setenv(SKIPS_ENV, skips, 1) != 0) {
        perror("test runner");
        return 2;
    }
    close(fd);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    int run = srunner_ntests_run(runner);
    srunner_free(runner);
    int skipped = print_skips(skips);
    unlink(skips);
    bool told = tally(kind, run - failed - skipped, failed, skipped);
    return failed == 0 && told ? 0 : 1;
}
