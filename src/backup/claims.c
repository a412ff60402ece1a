/* SPDX-License-Identifier: PostgreSQL */
#include "backup/claims.h"

#include "backup/digest_line.h"
#include "base/fs.h"

#include <openssl/evp.h>

#include <stdio.h>
#include <string.h>

enum { SHA256_DIGITS = 64, MD5_DIGITS = 32, SHA256_BYTES = 32 };

/* ---- lists of digests --------------------------------------------------------------------------
 */

static bool is_named(const char *listed, const char *name)
{
    const char *mine = str_starts(listed, "./") ? listed + 2 : listed;
    return str_eq(mine, name) || (mine[0] == '/' && str_eq(fs_base_name(mine), name));
}

static bool take_line(struct arena *a, struct slice text, struct digest_list *list, size_t n)
{
    struct digest_line line = {0};
    if (!digest_line_parse(a, text, &line)) {
        list->problem = arena_printf(a, "entry %zu is no line of sha256sum", n);
        return false;
    }
    bool is_mine = is_named(line.name, list->name) || list->only;
    if (is_mine && list->hex != NULL && !str_eq(list->hex, line.hex)) {
        list->problem = arena_printf(a, "it gives two digests for %s", list->name);
        return false;
    }
    if (is_mine)
        list->hex = line.hex;
    return true;
}

static size_t count_lines(struct slice text)
{
    struct slice line;
    size_t n = 0;
    while (digest_line_next(&text, &line))
        n++;
    return n;
}

bool claims_lookup(struct arena *a, struct digest_list *list)
{
    struct slice rest = list->text, line;
    size_t n = count_lines(rest);
    list->hex = NULL;
    list->problem = n == 0 ? "it is empty" : NULL;
    list->only = list->only && n == 1;
    for (size_t i = 1; digest_line_next(&rest, &line); i++)
        if (!take_line(a, line, list, i))
            return false;
    return list->hex != NULL;
}

/* ---- sidecars ----------------------------------------------------------------------------------
 */

static void add(struct backup_facts *b, struct digest_claim claim)
{
    *(struct digest_claim *)vec_push(&b->digests) = claim;
}

/* Who may not list objects is refused what is not there. */
bool claims_is_absent(const struct place *place, const struct err *e)
{
    bool hidden = place->kind != PLACE_FILE && e->code == ERR_REFUSED;
    return e->code == ERR_MISSING || hidden;
}

void claims_look_beside(const struct place *place, const struct beside *what)
{
    struct arena *a = place->arena;
    struct backup_facts *b = &place->record->backup;
    const char *name = fs_base_name(place->kind == PLACE_S3 ? place->name.key : place->shown);
    struct digest_list list = {.name = name, .only = what->suffix != NULL};
    struct digest_claim claim = {.algorithm = "sha256"};
    struct err e = {0};
    if (!place_beside(place, what, &claim.source, &list.text, &e)) {
        claim.problem = arena_strdup(a, e.text);
        if (!claims_is_absent(place, &e))
            add(b, claim);
        return;
    }
    claim.sure = claims_lookup(a, &list);
    claim.digest = claim.sure ? list.hex : NULL;
    claim.problem = list.problem;
    if (!claim.sure && what->suffix != NULL && list.problem == NULL)
        claim.problem = arena_printf(a, "it does not name %s", name);
    if (claim.sure || claim.problem != NULL)
        add(b, claim);
}

const struct beside claims_sidecars[CLAIMS_SIDECARS] = {
    {.suffix = ".sha256", .max_bytes = SIDECAR_BYTES_MAX},
    {.instead = "SHA256SUMS", .max_bytes = SIDECAR_BYTES_MAX},
};

void claims_beside(const struct place *place)
{
    bool asks = place->kind != PLACE_STDIN && !place->claimed;
    for (size_t i = 0; asks && i < CLAIMS_SIDECARS; i++)
        claims_look_beside(place, &claims_sidecars[i]);
}

/* ---- servers -----------------------------------------------------------------------------------
 */

/* Hex in quotes. Parts ("HEX-7") and keys of a server or of ours make it something else (Amazon S3
 * API Reference, Object: ETag). */
static void claim_etag(struct arena *a, const struct http_facts *f, bool documented,
                       struct backup_facts *b)
{
    size_t n = strlen(f->etag);
    bool keyed = f->customer_key[0] != '\0' || str_starts(f->encryption, "aws:kms");
    struct slice hex = {f->etag + 1, n < 2 ? 0 : n - 2};
    if (keyed || n < 2 || f->etag[n - 1] != '"' || !digest_is_hex(hex, MD5_DIGITS))
        return;
    add(b, (struct digest_claim){.source = "the server's ETag",
                                 .algorithm = "md5",
                                 .digest = digest_lower(a, hex),
                                 .sure = documented});
}

/* Base64 of 32 bytes; one of parts has "-N" behind it and is no digest of the object. */
static void claim_checksum(struct arena *a, const struct http_facts *f, struct backup_facts *b)
{
    enum { BASE64_CHARS = 44, DECODED_BYTES = 33 };
    uint8_t bytes[DECODED_BYTES];
    size_t n = strlen(f->sha256);
    if (n != BASE64_CHARS || str_eq(f->checksum_type, "COMPOSITE") ||
        EVP_DecodeBlock(bytes, (const uint8_t *)f->sha256, (int)n) != DECODED_BYTES)
        return;
    char *hex = arena_alloc(a, SHA256_DIGITS + 1);
    for (size_t i = 0; i < SHA256_BYTES; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    add(b, (struct digest_claim){.source = "the server's x-amz-checksum-sha256",
                                 .algorithm = "sha256",
                                 .digest = hex,
                                 .sure = true});
}

void claims_of_server(struct arena *a, const struct http_facts *facts, bool documented,
                      struct backup_facts *b)
{
    claim_etag(a, facts, documented, b);
    claim_checksum(a, facts, b);
}

bool claims_has(const struct backup_facts *b, const char *algorithm)
{
    VEC_EACH (const struct digest_claim, c, &b->digests)
        if (c->digest != NULL && str_eq(c->algorithm, algorithm))
            return true;
    return false;
}
