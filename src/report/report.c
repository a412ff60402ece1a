/* SPDX-License-Identifier: PostgreSQL */
#include "report/report.h"

#include "base/fs.h"
#include "report/formats.h"

enum { REPORT_MODE = 0644 };

const struct report_format report_formats[] = {
#define REPORT(name, suffix, help) {#name, suffix, help, report_##name},
#include "report/report.def"
#undef REPORT
    {NULL, NULL, NULL, NULL},
};

const char *report_write(struct arena *a, const struct record *r,
                         const struct report_format *format, const char *dir, struct err *e)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    format->render(r, &out);
    char *file = fs_join(a, dir, arena_printf(a, "report.%s", format->suffix));
    if (fs_write_file(a, file, REPORT_MODE, (struct slice){buf_text(&out), out.n}, e))
        return file;
    (void)err_wrap(e, "%s report", format->name);
    return NULL;
}
