/* SPDX-License-Identifier: PostgreSQL */
/* A backup file of any bytes: it opens or is refused with a text, and is read to its end. What must
 * be unpacked for that is gone afterwards. */
#include "dump/open.h"
#include "dump/scan.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

/* One folder of the process, in memory. */
static const char *scratch_folder(void *context, struct err *e)
{
    static char path[64];
    (void)context;
    (void)e;
    if (path[0] == '\0')
        (void)snprintf(path, sizeof path, "/dev/shm/fuzz-open-%d", (int)getpid());
    (void)mkdir(path, 0700);
    return path;
}

/* Removes it, which only an empty one can be. */
static void must_be_empty(void)
{
    int status = rmdir(scratch_folder(NULL, NULL));
    assert(status == 0);
    (void)status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct scratch scratch = {.folder = scratch_folder};
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    char path[64];
    int fd = file_of(data, size, path, sizeof path);
    struct dump_open_options options = {.max_expansion = 100, .scratch = &scratch};
    struct dump_stream stream = {0};
    struct err e = {0};
    bool ok = dump_open(a, path, &options, &stream, &e);
    assert(ok ? stream.format != NULL : e.text[0] != '\0');
    if (ok && stream.sql != NULL)
        read_all(a, &stream);
    dump_stream_cleanup(&stream);
    (void)close(fd);
    must_be_empty();
    return 0;
}
