/* SPDX-License-Identifier: PostgreSQL */
/* Two listeners of one scan. */
#ifndef PGR_RESTORE_TEE_H
#define PGR_RESTORE_TEE_H

#include "dump/scan.h"

/* Both must outlive the scan; the first hears everything first, and what it fails at the second
 * does not hear. */
struct tee {
    const struct dump_listener *to[2];
};

/* The listener that tells both; its context is the tee. */
struct dump_listener tee_listener(struct tee *tee);

#endif
