/* SPDX-License-Identifier: PostgreSQL */
#include "backup/claims.h"

#include "base/fs.h"

#include <openssl/evp.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { SHA256_DIGITS = 64, MD5_DIGITS = 32, SHA256_BYTES = 32 };

static bool is_hex(struct slice s, size_t n)
{
    for (size_t i = 0; i < s.n; i++)
        if (!isxdigit((unsigned char)s.p[i]))
            return false;
    return s.n == n;
}

static const char *lower(struct arena *a, struct slice s)
{
    char *text = arena_strndup(a, s.p, s.n);
    for (char *c = text; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return text;
}

/* ---- lists of digests --------------------------------------------------------------------------
 */

struct line {
    const char *hex, *name; /* no name: "" */
};

static const char *unescaped(struct arena *a, struct slice s)
{
    char *text = arena_alloc(a, s.n + 1), *to = text;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\\' && i + 1 < s.n) {
            c = s.p[++i];
            c = (char)(c == 'n' ? '\n' : c == 'r' ? '\r' : c);
        }
        *to++ = c;
    }
    return text;
}

static struct slice behind(struct slice s, size_t n)
{
    return (struct slice){s.p + n, s.n - n};
}

/* "SHA256 (NAME) = HEX" */
static bool parse_bsd(struct arena *a, struct slice s, bool escaped, struct line *line)
{
    static const char head[] = "SHA256 (", middle[] = ") = ";
    size_t head_n = strlen(head), middle_n = strlen(middle);
    if (s.n < head_n + middle_n + SHA256_DIGITS || memcmp(s.p, head, head_n) != 0)
        return false;
    size_t name_n = s.n - head_n - middle_n - SHA256_DIGITS;
    struct slice name = {s.p + head_n, name_n}, rest = behind(s, head_n + name_n);
    if (memcmp(rest.p, middle, middle_n) != 0 || !is_hex(behind(rest, middle_n), SHA256_DIGITS))
        return false;
    *line = (struct line){lower(a, behind(rest, middle_n)),
                          escaped ? unescaped(a, name) : arena_strndup(a, name.p, name.n)};
    return true;
}

/* "HEX", "HEX  NAME", "HEX *NAME" */
static bool parse_gnu(struct arena *a, struct slice s, bool escaped, struct line *line)
{
    if (s.n < SHA256_DIGITS || !is_hex((struct slice){s.p, SHA256_DIGITS}, SHA256_DIGITS))
        return false;
    struct slice rest = behind(s, SHA256_DIGITS), name = {"", 0};
    if (rest.n > 2 && rest.p[0] == ' ' && (rest.p[1] == ' ' || rest.p[1] == '*'))
        name = behind(rest, 2);
    else if (rest.n > 0)
        return false;
    *line = (struct line){lower(a, (struct slice){s.p, SHA256_DIGITS}),
                          escaped ? unescaped(a, name) : arena_strndup(a, name.p, name.n)};
    return true;
}

static bool parse_line(struct arena *a, struct slice s, struct line *line)
{
    bool escaped = s.p[0] == '\\';
    if (escaped)
        s = behind(s, 1);
    return parse_bsd(a, s, escaped, line) || parse_gnu(a, s, escaped, line);
}

/* Cuts off the next line that is neither empty nor a comment; false at the end. */
static bool next_line(struct slice *list, struct slice *line)
{
    while (list->n > 0) {
        const char *end = memchr(list->p, '\n', list->n);
        size_t n = end == NULL ? list->n : (size_t)(end - list->p);
        *line = (struct slice){list->p, n};
        *list = behind(*list, end == NULL ? n : n + 1);
        while (line->n > 0 && isspace((unsigned char)line->p[line->n - 1]))
            line->n--;
        if (line->n > 0 && line->p[0] != '#')
            return true;
    }
    return false;
}

static bool is_named(const char *listed, const char *name)
{
    const char *mine = str_starts(listed, "./") ? listed + 2 : listed;
    return str_eq(mine, name) || (mine[0] == '/' && str_eq(fs_base_name(mine), name));
}

static bool take_line(struct arena *a, struct slice text, struct digest_list *list, size_t n)
{
    struct line line = {0};
    if (!parse_line(a, text, &line)) {
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
    while (next_line(&text, &line))
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
    for (size_t i = 1; next_line(&rest, &line); i++)
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

static void look_beside(const struct place *place, const struct beside *what)
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

void claims_beside(const struct place *place)
{
    static const struct beside sidecars[] = {
        {.suffix = ".sha256", .max_bytes = SIDECAR_BYTES_MAX},
        {.instead = "SHA256SUMS", .max_bytes = SIDECAR_BYTES_MAX},
    };
    for (size_t i = 0; place->kind != PLACE_STDIN && i < COUNT_OF(sidecars); i++)
        look_beside(place, &sidecars[i]);
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
    if (keyed || n < 2 || f->etag[n - 1] != '"' || !is_hex(hex, MD5_DIGITS))
        return;
    add(b, (struct digest_claim){.source = "the server's ETag",
                                 .algorithm = "md5",
                                 .digest = lower(a, hex),
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
