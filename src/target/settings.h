/* SPDX-License-Identifier: PostgreSQL */
/* Private to this folder: settings of a disposable server. */
#ifndef PGR_TARGET_SETTINGS_H
#define PGR_TARGET_SETTINGS_H

#include "base/vec.h"

#include <stdint.h>

struct settings_for {
    int64_t major;
    int64_t max_connections;
    uint64_t memory_bytes; /* of the machine */
    uint64_t free_bytes;   /* where the data folder is */
    const char *socket_dir;
};

/* "name = value" (const char *), as lines of postgresql.conf. */
struct vec settings_list(struct arena *a, const struct settings_for *wanted);

#endif
