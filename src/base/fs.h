/* SPDX-License-Identifier: PostgreSQL */
/* Files and folders: atomic new files, private folders, removal with proof. */
#ifndef PGR_BASE_FS_H
#define PGR_BASE_FS_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* "dir/name" in the arena. */
char *fs_join(struct arena *a, const char *dir, const char *name);

/* Last part of a path, inside `path`. */
const char *fs_base_name(const char *path);

bool fs_exists(const char *path); /* anything, a dangling link included */
bool fs_is_dir(const char *path);

/* Makes a folder and its missing parents; an existing folder is fine. */
MUST bool fs_make_dirs(const char *path, mode_t mode, struct err *e);

/* Makes a new folder "parent/prefixXXXXXX" (mode 0700); gives its path in the arena, NULL on
 * failure. */
char *fs_make_temp_dir(struct arena *a, const char *parent, const char *prefix, struct err *e);

/* Gives a file or folder (not what is in it) to an account. */
MUST bool fs_give_to(const char *path, const char *user, struct err *e);

/* Removes a file or a folder with all that is in it, without following links, and proves that it
 * is gone. Not being there is fine. */
MUST bool fs_remove_tree(const char *path, struct err *e);

/* Names in a folder (char *), sorted by bytes, without "." and "..". */
MUST bool fs_list(struct arena *a, const char *dir, struct vec *names, struct err *e);

/* A whole file of at most `max` bytes (more is ERR_LIMIT), NUL-terminated, in the arena. */
MUST bool fs_read_file(struct arena *a, const char *path, size_t max, struct slice *text,
                       struct err *e);

/* Room for an unprivileged writer on the device that holds `path` (or its nearest existing parent).
 */
MUST bool fs_free_bytes(const char *path, uint64_t *bytes, struct err *e);

/* Bytes allocated by a folder and all that is in it. */
MUST bool fs_tree_bytes(const char *path, uint64_t *bytes, struct err *e);

/* A file that appears under its name only when it is whole: written as a hidden temporary file
 * beside it, fsynced, renamed, the folder fsynced. Without a commit the cleanup removes it. */
struct fs_new {
    int fd;
    char *temp_path, *path; /* in the arena */
    bool open;
};
MUST bool fs_new_open(struct arena *a, const char *path, mode_t mode, struct fs_new *f,
                      struct err *e);
MUST bool fs_new_commit(struct fs_new *f, struct err *e);
void fs_new_cleanup(struct fs_new *f);

/* Writes all bytes or fails. */
MUST bool fs_write_all(int fd, const void *bytes, size_t n, struct err *e);

/* Writes a small file atomically. */
MUST bool fs_write_file(struct arena *a, const char *path, mode_t mode, struct slice text,
                        struct err *e);

/* Makes `path` a symbolic link to `to`, replacing an older link atomically; anything else in the
 * way is an error. */
MUST bool fs_link_replace(struct arena *a, const char *to, const char *path, struct err *e);

#endif
