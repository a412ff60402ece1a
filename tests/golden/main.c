/* SPDX-License-Identifier: PostgreSQL */
/* Runs the golden suites; `--write` rewrites the committed files instead. */
#include "base/fs.h"
#include "golden/render.h"
#include "lib/runner.h"

#include <stdio.h>
#include <string.h>

#define SUITE(name) Suite *suite_##name(void);
#include "golden/suites.def"
#undef SUITE

static const struct runner_suite suites[] = {
#define SUITE(name) {#name, suite_##name},
#include "golden/suites.def"
#undef SUITE
    {NULL, NULL},
};

static int write_all(void)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct rendering all[RENDERINGS_MAX];
    size_t n = golden_renderings(a, all);
    for (size_t i = 0; i < n; i++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        struct err e = {0};
        golden_render(&all[i], &out);
        if (!fs_write_file(a, all[i].path, 0644, (struct slice){buf_text(&out), out.n}, &e)) {
            (void)fprintf(stderr, "%s\n", e.text);
            return 1;
        }
    }
    printf("%zu files written\n", n);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--write") == 0)
        return write_all();
    return runner_main("golden", suites, argc, argv);
}
