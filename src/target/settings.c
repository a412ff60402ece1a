/* SPDX-License-Identifier: PostgreSQL */
#include "target/settings.h"

#include "base/buf.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t KIB = UINT64_C(1) << 10;
static const uint64_t MIB = UINT64_C(1) << 20;
static const uint64_t GIB = UINT64_C(1) << 30;

enum {
    CONNECTIONS = 100,
    LOCKS_LEAST = 512,
    LOCKS_OF_OBJECT = 4, /* a table, its TOAST table, the index of that, and one of its own */
    LOCK_BYTES = 300,    /* a lock and its holder in shared memory: 270 in PostgreSQL 15 */
};

enum when { ALWAYS = 1U << 0, RESTORING = 1U << 1 };

static const struct {
    enum when when;
    int64_t since;
    const char *text;
} fixed[] = {
#define SETTING(when, major, name, value) {when, major, #name " = " value},
#include "target/settings.def"
#undef SETTING
};

static void add(struct vec *list, const char *text)
{
    *(const char **)vec_push(list) = text;
}

static uint64_t within(uint64_t n, uint64_t least, uint64_t most)
{
    return n < least ? least : n > most ? most : n;
}

static void add_mib(struct vec *list, const char *name, uint64_t bytes)
{
    add(list, arena_printf(list->arena, "%s = %lluMB", name, (unsigned long long)(bytes / MIB)));
}

/* Measured: more than 1 GB of shared buffers gains nothing for a restore. Index builds do use
 * maintenance_work_mem: all of them together may have a quarter of the memory. WAL may take a tenth
 * of the room. */
static void add_sizes(struct vec *list, const struct settings_for *wanted)
{
    uint64_t memory = wanted->memory_bytes;
    uint64_t jobs = wanted->jobs > 0 ? (uint64_t)wanted->jobs : 1;
    add_mib(list, "shared_buffers", within(memory / 8, 32 * MIB, GIB));
    add_mib(list, "maintenance_work_mem", within(memory / 4 / jobs, 32 * MIB, GIB));
    add_mib(list, "effective_cache_size", within(memory / 2, 64 * MIB, 1024 * GIB));
    add_mib(list, "max_wal_size", within(wanted->free_bytes / 10, 256 * MIB, 32 * GIB));
}

static int64_t connections(const struct settings_for *wanted)
{
    return wanted->max_connections > 0 ? wanted->max_connections : CONNECTIONS;
}

/* A dump that is restored in one transaction locks all that it makes at once; the table of locks
 * may have a 32nd of the memory. */
static void add_locks(struct vec *list, const struct settings_for *wanted)
{
    uint64_t n = (uint64_t)connections(wanted);
    uint64_t most = wanted->memory_bytes / 32 / LOCK_BYTES / n;
    uint64_t each = within(wanted->n_objects * LOCKS_OF_OBJECT / n + 1, LOCKS_LEAST,
                           most < LOCKS_LEAST ? LOCKS_LEAST : most);
    add(list,
        arena_printf(list->arena, "max_locks_per_transaction = %llu", (unsigned long long)each));
}

/* In quotes, as postgresql.conf wants them. */
static const char *quoted(struct arena *a, const char *text)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    buf_putc(&out, '\'');
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\'' || *p == '\\')
            buf_putc(&out, *p);
        buf_putc(&out, *p);
    }
    buf_putc(&out, '\'');
    return arena_strdup(a, buf_text(&out));
}

static struct vec list_of(struct arena *a, const struct settings_for *wanted, unsigned when)
{
    struct vec list = vec_new(a, sizeof(const char *));
    add(&list, arena_printf(a, "unix_socket_directories = %s", quoted(a, wanted->socket_dir)));
    for (size_t i = 0; i < COUNT_OF(fixed); i++)
        if (fixed[i].since <= wanted->major && (fixed[i].when & when) != 0)
            add(&list, fixed[i].text);
    add_locks(&list, wanted);
    return list;
}

struct vec settings_restoring(struct arena *a, const struct settings_for *wanted)
{
    struct vec list = list_of(a, wanted, ALWAYS | RESTORING);
    add(&list, arena_printf(a, "max_connections = %lld", (long long)connections(wanted)));
    add_sizes(&list, wanted);
    return list;
}

/* "16GB" as SHOW writes it: binary units, kB to TB. 0 for anything else. */
static uint64_t shown_bytes(const char *value)
{
    static const char units[][3] = {"kB", "MB", "GB", "TB"};
    char *unit;
    uint64_t n = strtoull(value, &unit, 10), factor = KIB;
    for (size_t i = 0; i < COUNT_OF(units); i++, factor *= KIB)
        if (str_eq(unit, units[i]) && n <= UINT64_MAX / factor)
            return n * factor;
    return 0;
}

/* How much of the memory, or of the room on the device, a setting may take. */
static const struct {
    const char *name;
    bool is_room;
    unsigned part;
} bounds[] = {
    {"shared_buffers", false, 4}, {"maintenance_work_mem", false, 8}, {"max_wal_size", true, 4}};

/* The value that this machine can bear. */
static const char *bearable(struct arena *a, const struct settings_for *wanted, const char *name,
                            const char *value)
{
    uint64_t most = UINT64_MAX;
    if (str_eq(name, "max_connections") && strtoll(value, NULL, 10) < connections(wanted))
        return arena_printf(a, "%lld", (long long)connections(wanted));
    for (size_t i = 0; i < COUNT_OF(bounds); i++)
        if (str_eq(name, bounds[i].name))
            most = (bounds[i].is_room ? wanted->free_bytes : wanted->memory_bytes) / bounds[i].part;
    if (shown_bytes(value) <= most)
        return value;
    return arena_printf(a, "%lluMB", (unsigned long long)(within(most, 64 * MIB, most) / MIB));
}

static bool has(const struct vec *list, const char *name)
{
    VEC_EACH (const char *, text, list)
        if (str_starts(*text, name) && str_starts(*text + strlen(name), " = "))
            return true;
    return false;
}

struct vec settings_like(struct arena *a, const struct settings_for *wanted,
                         const struct settings_later *later)
{
    struct vec list = list_of(a, wanted, ALWAYS), none = vec_new(a, sizeof(const char *));
    VEC_EACH (const char *, text, later->like != NULL ? later->like : &none) {
        const char *equals = strstr(*text, " = ");
        if (equals == NULL)
            continue;
        const char *name = arena_strndup(a, *text, (size_t)(equals - *text));
        const char *value = equals + strlen(" = "), *fit = bearable(a, wanted, name, value);
        if (has(&list, name)) /* what keeps the server apart is not for the source to say */
            continue;
        add(&list, arena_printf(a, "%s = %s", name, quoted(a, fit)));
        if (shown_bytes(fit) < shown_bytes(value))
            add(later->smaller, arena_printf(a, "%s: %s instead of %s", name, fit, value));
    }
    if (!has(&list, "max_connections"))
        add(&list, arena_printf(a, "max_connections = %lld", (long long)connections(wanted)));
    return list;
}

uint64_t settings_memory(const char *meminfo, const char *limit)
{
    static const char key[] = "MemAvailable:";
    const char *at = meminfo == NULL ? NULL : strstr(meminfo, key);
    uint64_t free_bytes = at == NULL ? 0 : strtoull(at + strlen(key), NULL, 10) * KIB;
    uint64_t most = limit == NULL ? 0 : strtoull(limit, NULL, 10); /* of "max": 0 */
    return most > 0 && (free_bytes == 0 || most < free_bytes) ? most : free_bytes;
}
