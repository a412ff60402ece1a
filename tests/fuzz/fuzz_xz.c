/* SPDX-License-Identifier: PostgreSQL */
/* Any bytes as xz: see link.h. */
#include "fuzz/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return link_fuzz(&(struct link){filter_xz}, data, size);
}
