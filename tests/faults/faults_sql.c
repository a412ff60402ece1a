/* SPDX-License-Identifier: PostgreSQL */
/* Faults in the SQL between the COPY blocks. */
#include "faults/edit.h"
#include "faults/faults.h"
#include "lib/bytes.h"

#include <string.h>

#define KEY "Be8YwNcJmysJCNANREbbgaFfr1jQMqf7jVzZVziDzs00xVkWL9NIVacZasiJvYQ"
#define COMPLETE "-- PostgreSQL database dump complete\n"

/* A line between two statements. */
static struct slice with_line(struct arena *a, struct slice in, const char *line)
{
    size_t at = edit_find(in, "CREATE TYPE public.");
    return edit_splice(a, in, at, 0, slice_of(line));
}

/* ---- cut and joined ----------------------------------------------------------------------------
 */

struct slice fault_cut_at_half(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut(in, in.n / 2);
}

struct slice fault_cut_behind_a_terminator(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut_at(in, "\n\n--\n-- Data for Name: events_2026");
}

struct slice fault_cut_between_statements(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut_at(in, "--\n-- Name: parent parent_pkey; Type: CONSTRAINT");
}

struct slice fault_cut_in_a_statement(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut_at(in, " ADD CONSTRAINT parent_pkey");
}

struct slice fault_cut_in_a_body(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut_at(in, "RETURN 'COPY t FROM PROGRAM");
}

struct slice fault_trailer_dropped(struct arena *a, struct slice in)
{
    return edit_replace(a, in, COMPLETE, "");
}

struct slice fault_header_dropped(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "-- PostgreSQL database dump\n", "");
}

struct slice fault_header_alone(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut_at(in, "SET statement_timeout");
}

struct slice fault_joined_with_first_cut(struct arena *a, struct slice in)
{
    return bytes_join(a, fault_cut_between_statements(a, in), in);
}

struct slice fault_joined_with_second_cut(struct arena *a, struct slice in)
{
    return bytes_join(a, in, fault_cut_between_statements(a, in));
}

/* ---- no SQL ------------------------------------------------------------------------------------
 */

struct slice fault_stderr_between_statements(struct arena *a, struct slice in)
{
    return with_line(a, in, "pg_dump: warning: there are circular foreign-key constraints\n");
}

struct slice fault_error_text_behind_the_cut(struct arena *a, struct slice in)
{
    return bytes_join(a, fault_cut_between_statements(a, in),
                      slice_of("pg_dump: error: query failed: server closed the connection\n"));
}

struct slice fault_quote_left_open(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "'so so'", "'so so");
}

struct slice fault_dollar_quote_left_open(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "\n$_$;", "\n;");
}

struct slice fault_comment_left_open(struct arena *a, struct slice in)
{
    return with_line(a, in, "/* lost /* and found */\n");
}

struct slice fault_zero_byte_in_a_statement(struct arena *a, struct slice in)
{
    return edit_splice(a, in, edit_find(in, "so so"), 1, (struct slice){"", 1});
}

struct slice fault_latin1_in_a_comment(struct arena *a, struct slice in)
{
    return with_line(a, in, "-- caf\xe9\n");
}

struct slice fault_statement_too_long(struct arena *a, struct slice in)
{
    enum { BODY_BYTES = 3 << 20 };
    char *text = arena_alloc(a, BODY_BYTES + 1);
    memset(text, ' ', BODY_BYTES);
    return with_line(a, in, arena_printf(a, "SELECT 1%s;\n", text));
}

/* ---- what psql would do ------------------------------------------------------------------------
 */

struct slice fault_restrict_with_another_key(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "\\restrict " KEY, "\\restrict Another1Key");
}

struct slice fault_restrict_dropped(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "\\restrict " KEY, "");
}

struct slice fault_unrestrict_dropped(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "\\unrestrict " KEY, "");
}

struct slice fault_unrestrict_in_the_middle(struct arena *a, struct slice in)
{
    return with_line(a, in, "\\unrestrict " KEY "\n");
}

struct slice fault_unrestrict_with_backquotes(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "\\unrestrict " KEY, "\\unrestrict `touch /tmp/x`");
}

struct slice fault_shell_command(struct arena *a, struct slice in)
{
    return with_line(a, in, "\\! id\n");
}

struct slice fault_include_of_a_file(struct arena *a, struct slice in)
{
    return with_line(a, in, "\\i /etc/passwd\n");
}

struct slice fault_gexec_in_a_statement(struct arena *a, struct slice in)
{
    return with_line(a, in, "SELECT 'DROP TABLE t' \\gexec\n");
}

/* The name goes on in a line of its own, which is no comment any more. */
struct slice fault_newline_in_an_object_name(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "-- Name: secret; Type: TABLE", "-- Name: x\n\\! id\n; Type: TABLE");
}

struct slice fault_connect_with_backquotes(struct arena *a, struct slice in)
{
    return with_line(a, in, "\\connect `id`\n");
}

/* ---- less than there should be -----------------------------------------------------------------
 */

static struct slice settings(struct slice in)
{
    return edit_cut_at(in, "--\n-- Name: Odd \"schema\"; Type: SCHEMA");
}

static struct slice from(struct slice in, const char *text)
{
    size_t at = edit_find(in, text);
    return (struct slice){in.p + at, in.n - at};
}

static struct slice trailer(struct slice in)
{
    return from(in, "--\n" COMPLETE);
}

struct slice fault_no_table(struct arena *a, struct slice in)
{
    return bytes_join(a, settings(in), trailer(in));
}

struct slice fault_schema_only(struct arena *a, struct slice in)
{
    return bytes_join(a, edit_cut_at(in, "--\n-- Data for Name: Table; DROP"), trailer(in));
}

struct slice fault_data_only(struct arena *a, struct slice in)
{
    struct slice data = edit_cut_at(from(in, "--\n-- Data for Name: Table; DROP"),
                                    "--\n-- Name: Table; DROP_id \" x_seq; Type: SEQUENCE SET");
    return bytes_join(a, settings(in), bytes_join(a, data, trailer(in)));
}
