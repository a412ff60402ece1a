/* SPDX-License-Identifier: PostgreSQL */
/* A backup file of any bytes: it opens or is refused with a text, and is read to its end. */
#include "dump/open.h"
#include "dump/scan.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(struct arena *a, struct dump_stream *stream)
{
    enum { SQL_BYTES_MAX = 16 << 20 };
    struct scan how = {.arena = a, .in = stream->sql, .max_bytes = SQL_BYTES_MAX};
    struct dump_facts facts;
    struct err e = {0};
    bool ok = dump_scan(&how, &facts, &e);
    assert(ok || e.text[0] != '\0');
    assert(!ok || facts.whole_until <= facts.bytes);
    (void)ok;
}

/* A file in memory, by a name that can be opened. */
static int file_of(const uint8_t *data, size_t size, char *path, size_t n)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    assert(fd >= 0);
    ssize_t written = write(fd, data, size);
    assert(written == (ssize_t)size);
    (void)written;
    (void)snprintf(path, n, "/proc/self/fd/%d", fd);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    char path[64];
    int fd = file_of(data, size, path, sizeof path);
    struct dump_open_options options = {.max_expansion = 100};
    struct dump_stream stream = {0};
    struct err e = {0};
    bool ok = dump_open(a, path, &options, &stream, &e);
    assert(ok ? stream.format != NULL : e.text[0] != '\0');
    if (ok && stream.sql != NULL)
        read_all(a, &stream);
    dump_stream_cleanup(&stream);
    (void)close(fd);
    return 0;
}
