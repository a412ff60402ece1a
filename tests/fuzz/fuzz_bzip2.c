/* SPDX-License-Identifier: PostgreSQL */
/* Any bytes as bzip2: see link.h. */
#include "fuzz/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return link_fuzz(&(struct link){filter_bzip2}, data, size);
}
