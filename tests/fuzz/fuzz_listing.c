/* SPDX-License-Identifier: PostgreSQL */
/* Any bytes as what others write about backups: a page of a bucket's listing, a list of digests. */
#include "backup/claims.h"
#include "http/s3_request.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_page(struct arena *a, struct slice text)
{
    struct s3_listing l = {.pattern = "a*"};
    struct err e = {0};
    if (!s3_take_page(a, text, &l, &e)) {
        assert(e.code == ERR_FORMAT && e.text[0] != '\0');
        return;
    }
    assert((l.found.key == NULL) == (l.found.n_match == 0));
    assert(l.found.key == NULL || l.found.key[0] == 'a');
}

static void read_digests(struct arena *a, struct slice text)
{
    struct digest_list list = {.text = text, .name = "a", .only = true};
    bool found = claims_lookup(a, &list);
    assert(!found || (strlen(list.hex) == 64 && strspn(list.hex, "0123456789abcdef") == 64));
    assert(!found || list.problem == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct slice text = {(const char *)data, size};
    read_page(a, text);
    read_digests(a, text);
    return 0;
}
