/* SPDX-License-Identifier: PostgreSQL */
/* The settled configuration: one member per row of opts.def, typed. Filled by cli, read by all. */
#ifndef PGR_MODEL_CONFIG_H
#define PGR_MODEL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kinds of values. */
enum opt_kind {
    OPT_STRING,
    OPT_PATH,
    OPT_DSN,
    OPT_SECRET, /* given as env:NAME or file:PATH only */
    OPT_UINT,
    OPT_BOOL,
    OPT_DURATION, /* microseconds */
    OPT_SIZE,     /* bytes */
    OPT_PERCENT,
    OPT_LIST,
    OPT_CHOICE,
};

/* Where a value came from; a later one wins. */
enum opt_origin { OPT_FROM_DEFAULT, OPT_FROM_FILE, OPT_FROM_ENV, OPT_FROM_FLAG };

struct opt_list {
    const char *const *items;
    size_t n;
};

/* Numbered options: OPT_ID_load_users … */
enum opt_id {
#define OPT(member, kind, key, by_default, flags, commands, help) OPT_ID_##member,
#include "model/opts.def"
#undef OPT
    OPT_IDS
};

struct config {
#define OPT_C_STRING(m) const char *m;
#define OPT_C_PATH(m) const char *m;
#define OPT_C_DSN(m) const char *m;
#define OPT_C_SECRET(m) const char *m;
#define OPT_C_UINT(m) uint64_t m;
#define OPT_C_BOOL(m) bool m;
#define OPT_C_DURATION(m) int64_t m##_us;
#define OPT_C_SIZE(m) uint64_t m##_bytes;
#define OPT_C_PERCENT(m) double m##_percent;
#define OPT_C_LIST(m) struct opt_list m;
#define OPT_C_CHOICE(m) const char *m;
#define OPT(member, kind, key, by_default, flags, commands, help) OPT_C_##kind(member)
#include "model/opts.def"
#undef OPT
    bool is_set[OPT_IDS]; /* has a value (a default counts) */
    enum opt_origin origin[OPT_IDS];
    const char *file; /* the configuration file, or NULL */
};

/* One row, for those who run over all of them. */
struct opt {
    enum opt_id id;
    enum opt_kind kind;
    const char *member, *key, *by_default, *flags, *commands, *help;
    size_t offset; /* of the member in struct config */
};
extern const struct opt config_opts[OPT_IDS];

/* Is the option set? */
#define CONFIG_HAS(config, member) ((config)->is_set[OPT_ID_##member])

#endif
