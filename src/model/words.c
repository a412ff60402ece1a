/* SPDX-License-Identifier: PostgreSQL */
#include "model/words.h"

#include <stddef.h>

#define ENUM(name) const char *const name##_words[] = {
#define WORD(prefix, member, word) [prefix##_##member] = word,
#define END(name, prefix)                                                                          \
    [prefix##_WORDS] = NULL                                                                        \
    }                                                                                              \
    ;
#include "model/enums.def"
#undef ENUM
#undef WORD
#undef END

const char *const stage_words[STAGE_WORDS + 1] = {
#define STAGE(name, needs, after, what) [STAGE_##name] = #name,
#include "model/stages.def"
#undef STAGE
};
