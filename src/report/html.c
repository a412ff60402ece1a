/* SPDX-License-Identifier: PostgreSQL */
#include "report/formats.h"
void report_html(const struct record *r, struct buf *out)
{
    (void)r;
    (void)out;
}
