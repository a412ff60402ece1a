/* SPDX-License-Identifier: PostgreSQL */
/* The JSON reader: what it accepts is written and read again without a change, and every format
 * renders it; what it refuses has a text. */
#include "report/report.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_identity(struct arena *a, const struct record *r)
{
    CLEANUP(buf_cleanup) struct buf first = {0}, second = {0};
    struct record *again = NULL;
    struct err e = {0};
    report_json(r, &first);
    bool read = report_read_json(a, (struct slice){first.p, first.n}, &again, &e);
    assert(read);
    (void)read;
    report_json(again, &second);
    assert(first.n == second.n && memcmp(first.p, second.p, first.n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct record *r = NULL;
    struct err e = {0};
    if (!report_read_json(a, (struct slice){(const char *)data, size}, &r, &e)) {
        assert(e.text[0] != '\0' && r == NULL);
        return 0;
    }
    check_identity(a, r);
    for (const struct report_format *f = report_formats; f->name != NULL; f++) {
        CLEANUP(buf_cleanup) struct buf out = {0};
        f->render(r, &out);
    }
    CLEANUP(buf_cleanup) struct buf terminal = {0};
    report_conclusion(r, true, &terminal);
    report_verify(r, true, &terminal);
    return 0;
}
