/* SPDX-License-Identifier: PostgreSQL */
#include "target/settings.h"

#include "base/buf.h"

#include <string.h>

static const uint64_t MIB = UINT64_C(1) << 20;
static const uint64_t GIB = UINT64_C(1) << 30;

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

/* Measured: more than 1 GB of shared buffers gains nothing for a restore, index builds do use
 * maintenance_work_mem (three at once at the most), and WAL may take a tenth of the room. */
static void add_sizes(struct vec *list, const struct settings_for *wanted)
{
    uint64_t memory = wanted->memory_bytes;
    add_mib(list, "shared_buffers", within(memory / 8, 32 * MIB, GIB));
    add_mib(list, "maintenance_work_mem", within(memory / 16, 32 * MIB, GIB));
    add_mib(list, "effective_cache_size", within(memory / 2, 64 * MIB, 1024 * GIB));
    add_mib(list, "max_wal_size", within(wanted->free_bytes / 10, 256 * MIB, 32 * GIB));
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

struct vec settings_list(struct arena *a, const struct settings_for *wanted)
{
    static const struct {
        int64_t since;
        const char *text;
    } fixed[] = {
#define SETTING(major, name, value) {major, #name " = " value},
#include "target/settings.def"
#undef SETTING
    };
    struct vec list = vec_new(a, sizeof(const char *));
    add(&list, arena_printf(a, "unix_socket_directories = %s", quoted(a, wanted->socket_dir)));
    for (size_t i = 0; i < COUNT_OF(fixed); i++)
        if (fixed[i].since <= wanted->major)
            add(&list, fixed[i].text);
    add(&list,
        arena_printf(a, "max_connections = %lld",
                     (long long)(wanted->max_connections > 0 ? wanted->max_connections : 100)));
    add_sizes(&list, wanted);
    return list;
}
