/* SPDX-License-Identifier: PostgreSQL */
/* Attributes and the two macros that move or count things. */
#ifndef PGR_BASE_ATTR_H
#define PGR_BASE_ATTR_H

#include <stddef.h>

#define MUST __attribute__((warn_unused_result))
#define PRINTF(text, args) __attribute__((format(printf, text, args)))
#define CLEANUP(destructor) __attribute__((cleanup(destructor)))
#define UNUSED __attribute__((unused))

/* Number of elements of a true array. */
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Hands a cleanup variable out of its scope: gives its value and leaves NULL behind. */
#define TAKE(pointer)                                                                              \
    __extension__({                                                                                \
        __typeof__(pointer) taken_ = (pointer);                                                    \
        (pointer) = NULL;                                                                          \
        taken_;                                                                                    \
    })

#endif
