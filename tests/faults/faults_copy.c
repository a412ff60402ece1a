/* SPDX-License-Identifier: PostgreSQL */
/* Faults in the data of COPY blocks. */
#include "faults/edit.h"
#include "faults/faults.h"

#define ROW_6 "6\t2025-06-01\t1679091c5a880faf6fb5e6087eb1b2dc\n"

struct slice fault_cut_in_copy_at_a_line_end(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut_at(in, ROW_6);
}

struct slice fault_cut_in_copy_in_a_row(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut(in, edit_find(in, ROW_6) + sizeof ROW_6 / 2);
}

struct slice fault_terminator_dropped(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "\\.\n\n\n--\n-- Data for Name: events_2026",
                        "\n\n--\n-- Data for Name: events_2026");
}

/* Nothing tells that the lines that follow are no data, but that some of them have tabs. */
struct slice fault_terminator_dropped_of_one_column(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "\\.\n\n\n--\n-- Data for Name: child",
                        "\n\n--\n-- Data for Name: child");
}

struct slice fault_column_added(struct arena *a, struct slice in)
{
    return edit_replace(a, in, ROW_6, "6\t2025-06-01\tx\ty\n");
}

struct slice fault_column_dropped(struct arena *a, struct slice in)
{
    return edit_replace(a, in, ROW_6, "6\t2025-06-01\n");
}

struct slice fault_newline_lost(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "87eb1b2dc\n8\t2025", "87eb1b2dc8\t2025");
}

struct slice fault_marker_in_a_row(struct arena *a, struct slice in)
{
    return edit_replace(a, in, ROW_6, "6\t2025-06-01\t1679\\.091c\n");
}

struct slice fault_carriage_return_in_a_row(struct arena *a, struct slice in)
{
    return edit_replace(a, in, ROW_6, "6\t2025-06-01\t1679\r091c\n");
}

struct slice fault_carriage_returns_at_some_rows(struct arena *a, struct slice in)
{
    return edit_replace(a, in, ROW_6, "6\t2025-06-01\t1679\r\n");
}

struct slice fault_stderr_in_copy(struct arena *a, struct slice in)
{
    return edit_replace(a, in, ROW_6, "pg_dump: warning: something happened\n" ROW_6);
}

/* What a disk gives back for a page that it lost. */
struct slice fault_zero_page_in_copy(struct arena *a, struct slice in)
{
    static const char page[512];
    return edit_splice(a, in, edit_find(in, ROW_6), sizeof page, (struct slice){page, sizeof page});
}

struct slice fault_latin1_in_copy(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "ä", "\xe4");
}
