/* SPDX-License-Identifier: PostgreSQL */
#include "lib/runner.h"

#include <stddef.h>

#define SUITE(name) Suite *suite_##name(void);
#include "faults/suites.def"
#undef SUITE

static const struct runner_suite suites[] = {
#define SUITE(name) {#name, suite_##name},
#include "faults/suites.def"
#undef SUITE
    {NULL, NULL},
};

int main(int argc, char **argv)
{
    return runner_main("faults", suites, argc, argv);
}
