/* SPDX-License-Identifier: PostgreSQL */
#include "model/config.h"

#define OPT_M_STRING(m) offsetof(struct config, m)
#define OPT_M_PATH(m) offsetof(struct config, m)
#define OPT_M_DSN(m) offsetof(struct config, m)
#define OPT_M_SECRET(m) offsetof(struct config, m)
#define OPT_M_UINT(m) offsetof(struct config, m)
#define OPT_M_BOOL(m) offsetof(struct config, m)
#define OPT_M_DURATION(m) offsetof(struct config, m##_us)
#define OPT_M_SIZE(m) offsetof(struct config, m##_bytes)
#define OPT_M_PERCENT(m) offsetof(struct config, m##_percent)
#define OPT_M_LIST(m) offsetof(struct config, m)
#define OPT_M_CHOICE(m) offsetof(struct config, m)

const struct opt config_opts[OPT_IDS] = {
#define OPT(member, kind, key, by_default, flags, commands, help)                                  \
    [OPT_ID_##member] = {OPT_ID_##member,     OPT_##kind, #member,  key,                           \
                         by_default,          flags,      commands, help,                          \
                         OPT_M_##kind(member)},
#include "model/opts.def"
#undef OPT
};
