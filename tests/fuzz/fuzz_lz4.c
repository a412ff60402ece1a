/* SPDX-License-Identifier: PostgreSQL */
/* Any bytes as lz4: see link.h. */
#include "fuzz/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return link_fuzz(&(struct link){filter_lz4}, data, size);
}
