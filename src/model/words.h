/* SPDX-License-Identifier: PostgreSQL */
/* The enums of the record and their words, from enums.def and stages.def. */
#ifndef PGR_MODEL_WORDS_H
#define PGR_MODEL_WORDS_H

#define ENUM(name) enum name {
#define WORD(prefix, member, word) prefix##_##member,
#define END(name, prefix)                                                                          \
    prefix##_WORDS                                                                                 \
    }                                                                                              \
    ;                                                                                              \
    extern const char *const name##_words[prefix##_WORDS + 1]; /* NULL-terminated */
#include "model/enums.def"
#undef ENUM
#undef WORD
#undef END

enum stage {
#define STAGE(name, needs, after, what) STAGE_##name,
#include "model/stages.def"
#undef STAGE
    STAGE_WORDS
};
extern const char *const stage_words[STAGE_WORDS + 1];

#endif
