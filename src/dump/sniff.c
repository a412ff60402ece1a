/* SPDX-License-Identifier: PostgreSQL */
#include "dump/sniff.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum {
    BITS = 8,
    BITS_SURE = 1 << 20,  /* it cannot be anything else */
    BITS_WORD = 2 * BITS, /* a word of some letters, where any text could be */
    BITS_BINARY = 4,
    BITS_SOME_TEXT = 1,
    TAR_MAGIC_AT = 257,
};

/* ---- text ------------------------------------------------------------------------------------ */

static bool begins(struct slice s, const char *with)
{
    size_t n = strlen(with);
    return s.n >= n && memcmp(s.p, with, n) == 0;
}

static struct slice behind(struct slice s, size_t n)
{
    return (struct slice){s.p + n, s.n - n};
}

bool sniff_has_bom(struct slice text)
{
    return begins(text, "\xef\xbb\xbf");
}

bool sniff_is_companion(const char *name)
{
    static const char *const endings[] = {".sha256", ".md5", ".manifest.json", "SHA256SUMS"};
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (str_ends(name, endings[i]))
            return true;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct slice without_blanks(struct slice s)
{
    while (s.n > 0 && is_blank(*s.p))
        s = behind(s, 1);
    return s;
}

static struct slice behind_line_comment(struct slice s)
{
    const char *end = memchr(s.p, '\n', s.n);
    return end == NULL ? behind(s, s.n) : behind(s, (size_t)(end - s.p) + 1);
}

/* They nest, as the server has them. */
static struct slice behind_block_comment(struct slice s)
{
    for (int depth = 0; s.n > 0;) {
        bool opens = begins(s, "/*");
        bool closes = begins(s, "*/");
        depth += opens - closes;
        s = behind(s, opens || closes ? 2 : 1);
        if (depth == 0)
            return s;
    }
    return s;
}

/* What follows the mark, blanks and comments. */
static struct slice first_text(struct slice s)
{
    if (sniff_has_bom(s))
        s = behind(s, SNIFF_BOM_BYTES);
    for (;;) {
        s = without_blanks(s);
        if (begins(s, "--"))
            s = behind_line_comment(s);
        else if (begins(s, "/*"))
            s = behind_block_comment(s);
        else
            return s;
    }
}

struct slice sniff_first_word(struct slice text)
{
    struct slice s = first_text(text);
    size_t n = 0;
    while (n < s.n && !is_blank(s.p[n]))
        n++;
    return (struct slice){s.p, n};
}

/* Everything that may begin a statement. */
static const char *const commands[] = {
    "abort",     "alter",   "analyse", "analyze",  "begin",    "call",    "checkpoint", "close",
    "cluster",   "comment", "commit",  "copy",     "create",   "declare", "deallocate", "delete",
    "discard",   "do",      "drop",    "end",      "execute",  "explain", "fetch",      "grant",
    "import",    "insert",  "listen",  "load",     "lock",     "merge",   "move",       "notify",
    "prepare",   "refresh", "reindex", "reassign", "release",  "reset",   "revoke",     "rollback",
    "savepoint", "select",  "set",     "show",     "security", "start",   "table",      "truncate",
    "unlisten",  "update",  "vacuum",  "values",   "with",
};

static bool is_command(struct slice word, bool cut)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        size_t n = strlen(commands[i]);
        bool fits = cut ? n >= word.n : n == word.n;
        if (fits && strncasecmp(word.p, commands[i], word.n) == 0)
            return true;
    }
    return false;
}

static bool begins_like_sql(const struct sniff_head *h)
{
    struct slice s = first_text(h->text);
    if (s.n == 0) /* comments only, which may go on behind the head */
        return true;
    if (s.n == 1 && !h->whole && strchr("-/\\", *s.p) != NULL) /* half of a beginning */
        return true;
    if (*s.p == '\\') /* psql's */
        return s.n > 1 && isalpha((unsigned char)s.p[1]) != 0;
    size_t n = 0;
    while (n < s.n && (isalnum((unsigned char)s.p[n]) || s.p[n] == '_'))
        n++;
    return n > 0 && is_command((struct slice){s.p, n}, n == s.n && !h->whole);
}

/* ---- bidders: bits recognised, 0 for "this is not mine" ----------------------------------------
 */

static int bid_empty(const struct sniff_head *h)
{
    return h->text.n == 0 ? BITS_SURE : 0;
}

static int bid_zeros(const struct sniff_head *h)
{
    for (size_t i = 0; i < h->text.n; i++)
        if (h->text.p[i] != 0)
            return 0;
    return h->text.n > 0 ? BITS_SURE : 0;
}

static int bid_blanks(const struct sniff_head *h)
{
    struct slice s = h->text;
    if (sniff_has_bom(s))
        s = behind(s, SNIFF_BOM_BYTES);
    return h->whole && h->text.n > 0 && without_blanks(s).n == 0 ? BITS_SURE : 0;
}

static int bid_zstd_skippable(const struct sniff_head *h)
{
    bool is = h->text.n >= 4 && (h->text.p[0] & 0xf0) == 0x50 &&
              memcmp(h->text.p + 1, "\x2a\x4d\x18", 3) == 0;
    return is ? 3 * BITS + BITS / 2 : 0;
}

static int bid_tar(const struct sniff_head *h)
{
    bool is = h->text.n > TAR_MAGIC_AT && begins(behind(h->text, TAR_MAGIC_AT), "ustar");
    return is ? 5 * BITS : 0;
}

static int bid_tar_dump(const struct sniff_head *h)
{
    static const char name[] = "toc.dat";
    bool is = bid_tar(h) > 0 && memcmp(h->text.p, name, sizeof name) == 0;
    return is ? bid_tar(h) + BITS * (int)sizeof name : 0;
}

/* Without a mark: every second byte is zero, as Latin letters are in UTF-16. */
static int bid_utf16_bare(const struct sniff_head *h)
{
    enum { LETTERS = 8 };
    struct slice s = h->text;
    if (s.n < (size_t)2 * LETTERS)
        return 0;
    size_t low = s.p[0] == 0; /* 1: the high byte comes first */
    for (size_t i = 0; i < LETTERS; i++)
        if (s.p[2 * i + low] == 0 || s.p[2 * i + (1 - low)] != 0)
            return 0;
    return (int)LETTERS * BITS;
}

static int bid_markup(const struct sniff_head *h)
{
    struct slice s = first_text(h->text);
    return s.n > 0 && *s.p == '<' ? BITS_WORD : 0;
}

static int bid_json(const struct sniff_head *h)
{
    struct slice s = first_text(h->text);
    return s.n > 0 && (*s.p == '{' || *s.p == '[') ? BITS_WORD : 0;
}

static int bid_sql(const struct sniff_head *h)
{
    bool has_zero = h->text.n > 0 && memchr(h->text.p, 0, h->text.n) != NULL;
    return !has_zero && begins_like_sql(h) ? BITS_WORD : 0;
}

/* Lines of something else in front of what pg_dump writes first: the scan names them. */
static int bid_noisy_sql(const struct sniff_head *h)
{
    static const char header[] = "\n-- PostgreSQL database ";
    bool has_zero = h->text.n > 0 && memchr(h->text.p, 0, h->text.n) != NULL;
    bool has_header =
        h->text.n > 0 && memmem(h->text.p, h->text.n, header, sizeof header - 1) != NULL;
    return !has_zero && has_header ? BITS * (int)(sizeof header - 1) : 0;
}

static unsigned byte_at(struct slice s, size_t i)
{
    return i < s.n ? (unsigned char)s.p[i] : 0;
}

static bool is_among(unsigned value, const char *list)
{
    return value != 0 && value < 0x80 && strchr(list, (int)value) != NULL;
}

/* Behind the head of the first packet, which has `type`: a session key that is encrypted for a
 * public key (version 3, whose key, its algorithm) or by a passphrase (version, cipher, derivation
 * of the key). RFC 9580, 5.1, 5.3 and 9. */
static bool is_session_key(unsigned type, struct slice body)
{
    enum { PUBLIC = 1, PASSPHRASE = 3, ALGORITHM_AT = 9, CIPHERS = 13 };
    unsigned version = byte_at(body, 0);
    if (type == PUBLIC)
        return version == 3 && is_among(byte_at(body, ALGORITHM_AT), "\x01\x02\x10\x12\x19\x1a");
    bool known = type == PASSPHRASE && version >= 4 && version <= 6;
    unsigned cipher = byte_at(body, version == 6 ? 2 : 1);
    return known && cipher > 0 && cipher <= CIPHERS;
}

/* RFC 9580, 4.2: the head of a packet in the old form and in the new one. */
static int bid_openpgp(const struct sniff_head *h)
{
    enum { MARK = 0x80, NEW = 0x40, TWO_BYTES_FROM = 192, FIVE_BYTES = 255, BIDS = 3 * BITS };
    static const size_t old_bytes[] = {1, 2, 4};
    unsigned head = byte_at(h->text, 0), length = byte_at(h->text, 1), form = head & 3U;
    size_t bytes = length == FIVE_BYTES ? 5 : length >= TWO_BYTES_FROM ? 2 : 1;
    bool is_new = (head & NEW) != 0;
    if ((head & MARK) == 0 || (!is_new && form == COUNT_OF(old_bytes)))
        return 0;
    size_t at = 1 + (is_new ? bytes : old_bytes[form]);
    unsigned type = is_new ? head & 0x3fU : head >> 2U & 0xfU;
    return h->text.n > at && is_session_key(type, behind(h->text, at)) ? BIDS : 0;
}

/* Enveloped data: SEQUENCE, and at once the object identifier of a content type of PKCS #7 (RFC
 * 5652, 3 and 14) or S/MIME (RFC 5083, 2). */
static int bid_cms(const struct sniff_head *h)
{
    static const char pkcs[] = "\x2a\x86\x48\x86\xf7\x0d\x01";
    enum { WITHIN = 20 };
    size_t n = h->text.n < WITHIN ? h->text.n : WITHIN;
    bool is = byte_at(h->text, 0) == 0x30 && memmem(h->text.p, n, pkcs, sizeof pkcs - 1) != NULL;
    return is ? BITS * (int)sizeof pkcs : 0;
}

static uint32_t u32_at(struct slice s, size_t i)
{
    return byte_at(s, i) | byte_at(s, i + 1) << 8U | byte_at(s, i + 2) << 16U |
           byte_at(s, i + 3) << 24U;
}

static bool is_power_of_two(uint32_t n, uint32_t least, uint32_t most)
{
    return n >= least && n <= most && (n & (n - 1)) == 0;
}

/* The long header of a segment's first page (src/include/access/xlog_internal.h of PostgreSQL 18:
 * XLogLongPageHeaderData), as little-endian machines write it. */
static int bid_wal(const struct sniff_head *h)
{
    enum { LONG_HEADER = 2, SEGMENT_AT = 32, BLOCK_AT = 36, MIB = 1 << 20 };
    unsigned version = byte_at(h->text, 1);
    bool is = (version == 0xd0 || version == 0xd1) && (byte_at(h->text, 2) & LONG_HEADER) != 0 &&
              is_power_of_two(u32_at(h->text, SEGMENT_AT), MIB, 1U << 30U) &&
              is_power_of_two(u32_at(h->text, BLOCK_AT), 1U << 10U, 1U << 16U);
    return is ? 5 * BITS : 0;
}

static int bid_binary(const struct sniff_head *h)
{
    for (size_t i = 0; i < h->text.n; i++) {
        unsigned char c = (unsigned char)h->text.p[i];
        if (c == 0x7f || (c < ' ' && !is_blank((char)c)))
            return BITS_BINARY;
    }
    return 0;
}

static int bid_any(const struct sniff_head *h)
{
    (void)h;
    return BITS_SOME_TEXT;
}

/* ---- the table ------------------------------------------------------------------------------- */

struct row {
    struct sniff is;
    int (*bid)(const struct sniff_head *h); /* NULL: by the magic bytes at the beginning */
    const char *magic;
};

#define MAGIC(kind, name, bytes, says)                                                             \
    {                                                                                              \
        {SNIFF_##kind, name, says}, NULL, bytes                                                    \
    }
#define ASKED(kind, name, bid, says)                                                               \
    {                                                                                              \
        {SNIFF_##kind, name, says}, bid, NULL                                                      \
    }

#define SAYS_SEALED(with) "is encrypted with " with "; decrypt it first"
#define SAYS_PHYSICAL(what)                                                                        \
    what                                                                                           \
        " of a physical backup, which holds no SQL; prove it with pg_verifybackup and a start of " \
        "a server on it"

static const struct row rows[] = {
    ASKED(FOREIGN, "empty", bid_empty, "is empty"),
    ASKED(FOREIGN, "zeros", bid_zeros,
          "begins with zero bytes only, as a file does that was never written out"),
    ASKED(FOREIGN, "blanks", bid_blanks, "holds nothing but blanks"),
    MAGIC(GZIP, "gzip", "\x1f\x8b", NULL),
    MAGIC(ZSTD, "zstd", "\x28\xb5\x2f\xfd", NULL),
    ASKED(ZSTD, "zstd", bid_zstd_skippable, NULL),
    MAGIC(ARCHIVE, "custom", "PGDMP", NULL),
    ASKED(ARCHIVE, "tar", bid_tar_dump, NULL),
    ASKED(TAR, "tar", bid_tar, NULL),
    MAGIC(LZ4, "lz4", "\x04\x22\x4d\x18", NULL),
    MAGIC(XZ, "xz",
          "\xfd"
          "7zXZ",
          NULL),
    MAGIC(BZIP2, "bzip2", "BZh", NULL),
    ASKED(SQL, "plain", bid_sql, NULL),
    ASKED(SQL, "plain", bid_noisy_sql, NULL),
    MAGIC(FOREIGN, "utf-16", "\xff\xfe", "is UTF-16 text, as PowerShell's redirection writes it"),
    MAGIC(FOREIGN, "utf-16", "\xfe\xff", "is UTF-16 text, with the high bytes first"),
    ASKED(FOREIGN, "utf-16", bid_utf16_bare, "is UTF-16 text, as some redirections write it"),
    ASKED(FOREIGN, "html", bid_markup, "looks like HTML or XML"),
    ASKED(FOREIGN, "json", bid_json, "looks like JSON"),
    MAGIC(FOREIGN, "elf",
          "\x7f"
          "ELF",
          "looks like a program (ELF)"),
    MAGIC(FOREIGN, "png", "\x89PNG", "looks like a PNG image"),
    MAGIC(FOREIGN, "jpeg", "\xff\xd8\xff", "looks like a JPEG image"),
    MAGIC(FOREIGN, "pdf", "%PDF", "looks like a PDF document"),
    MAGIC(KNOWN, "zip", "PK\x03\x04", "is a zip archive; unpack it first"),
    MAGIC(KNOWN, "zip", "PK\x05\x06", "is a zip archive with nothing in it; unpack it first"),
    MAGIC(KNOWN, "7z", "7z\xbc\xaf", "is a 7-Zip archive; unpack it first"),
    MAGIC(KNOWN, "rar", "Rar!\x1a\x07", "is a RAR archive; unpack it first"),
    MAGIC(KNOWN, "lzip", "LZIP\x01", "is packed with lzip; unpack it first"),
    MAGIC(KNOWN, "lzop", "\x89LZO", "is packed with lzop; unpack it first"),
    MAGIC(KNOWN, "compress", "\x1f\x9d", "is packed with compress; unpack it first"),
    MAGIC(KNOWN, "pg_basebackup", "START WAL LOCATION: ", SAYS_PHYSICAL("is the label")),
    MAGIC(KNOWN, "pg_basebackup", "{ \"PostgreSQL-Backup-Manifest-Version\"",
          SAYS_PHYSICAL("is the manifest")),
    ASKED(KNOWN, "wal", bid_wal,
          "is a piece of the write-ahead log, which belongs to a physical backup and holds no SQL"),
    MAGIC(KNOWN, "pgbackrest", "[backrest]\n",
          "belongs to a repository of pgBackRest, which holds physical backups and no SQL; ask "
          "pgbackrest verify"),
    MAGIC(FOREIGN, "sqlite", "SQLite format 3", "looks like a database of SQLite"),
    MAGIC(FOREIGN, "mysql", "-- MySQL dump", "looks like a dump of MySQL"),
    MAGIC(FOREIGN, "mysql", "-- MariaDB dump", "looks like a dump of MariaDB"),
    MAGIC(FOREIGN, "mysql", "/*M!", "looks like a dump of MariaDB"),
    MAGIC(KNOWN, "openpgp", "-----BEGIN PGP MESSAGE", SAYS_SEALED("OpenPGP, as by gpg")),
    MAGIC(KNOWN, "openpgp", "-----BEGIN PGP SIGNED",
          "is signed text of OpenPGP; take it out first"),
    ASKED(KNOWN, "openpgp", bid_openpgp, SAYS_SEALED("OpenPGP, as by gpg")),
    MAGIC(FOREIGN, "openpgp", "-----BEGIN PGP", "looks like a key or a signature of OpenPGP"),
    MAGIC(KNOWN, "age", "age-encryption.org/v", SAYS_SEALED("age")),
    MAGIC(KNOWN, "age", "-----BEGIN AGE ENCRYPTED", SAYS_SEALED("age")),
    MAGIC(KNOWN, "openssl", "Salted__", SAYS_SEALED("openssl enc")),
    MAGIC(KNOWN, "openssl", "U2FsdGVkX1", SAYS_SEALED("openssl enc -a")), /* the same in base64 */
    ASKED(KNOWN, "cms", bid_cms, SAYS_SEALED("openssl cms or smime")),
    MAGIC(KNOWN, "cms", "-----BEGIN CMS", SAYS_SEALED("openssl cms")),
    MAGIC(KNOWN, "cms", "-----BEGIN PKCS7", SAYS_SEALED("openssl smime")),
    MAGIC(KNOWN, "cms", "MIME-Version: ",
          "is a MIME message, as openssl smime writes it; decrypt "
          "it first"),
    ASKED(FOREIGN, "binary", bid_binary, "holds binary data of a kind that is not known"),
    ASKED(FOREIGN, "text", bid_any, "is text that does not begin like SQL"),
};

static int bid_of(const struct row *r, const struct sniff_head *h)
{
    if (r->bid != NULL)
        return r->bid(h);
    return begins(h->text, r->magic) ? BITS * (int)strlen(r->magic) : 0;
}

const struct sniff *sniff(const struct sniff_head *head)
{
    const struct row *best = &rows[COUNT_OF(rows) - 1];
    int most = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int bits = bid_of(&rows[i], head);
        if (bits > most) {
            most = bits;
            best = &rows[i];
        }
    }
    return &best->is;
}
