/* SPDX-License-Identifier: PostgreSQL */
/* Runs a fuzz target on the files of its kept corpus, as a plain test without a fuzzing engine. */
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The target sees a copy of exactly the input's size, so that reading past its end is noticed. */
static bool run_file(const char *path)
{
    enum { INPUT_BYTES_MAX = 1 << 20 };
    static uint8_t whole[INPUT_BYTES_MAX];
    FILE *f = fopen(path, "rbe");
    if (f == NULL)
        return false;
    size_t size = fread(whole, 1, sizeof whole, f);
    bool read = ferror(f) == 0 && size < sizeof whole;
    fclose(f);
    if (!read)
        return false;
    uint8_t *input = malloc(size == 0 ? 1 : size);
    if (input == NULL)
        return false;
    memcpy(input, whole, size);
    (void)LLVMFuzzerTestOneInput(input, size);
    free(input);
    return true;
}

static bool run_folder(const char *folder, int *n_inputs)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return true;
    bool ok = true;
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        char path[8192];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (!run_file(path)) {
            fprintf(stderr, "cannot read %s\n", path);
            ok = false;
        }
        *n_inputs += 1;
    }
    closedir(dir);
    return ok;
}

static void tally(const char *target, bool passed)
{
    const char *path = getenv("PGR_TALLY");
    FILE *f = path == NULL ? NULL : fopen(path, "ae");
    if (f == NULL)
        return;
    fprintf(f, "fuzz-%s %d %d 0\n", target, passed, !passed);
    fclose(f);
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *slash = strrchr(argv[0], '/');
    const char *target = slash == NULL ? argv[0] : slash + 1;
    char folder[4096];
    snprintf(folder, sizeof folder, "tests/fuzz/corpus/%s", target);
    int n_inputs = 0;
    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    bool passed = run_folder(folder, &n_inputs);
    printf("%s: %d inputs of the corpus and the empty one\n", target, n_inputs);
    tally(target, passed);
    return passed ? 0 : 1;
}
