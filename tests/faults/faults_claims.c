/* SPDX-License-Identifier: PostgreSQL */
/* Faults in what a dump claims to contain: every byte of it may be sound. */
#include "faults/edit.h"
#include "faults/faults.h"
#include "lib/bytes.h"

/* Statements between two others. */
static struct slice with(struct arena *a, struct slice in, const char *statements)
{
    return edit_splice(a, in, edit_find(in, "CREATE TYPE public."), 0, slice_of(statements));
}

struct slice fault_command_misspelt(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "CREATE TABLE public.secret", "CREATE TABEL public.secret");
}

struct slice fault_clause_misspelt(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "ADD CONSTRAINT parent_pkey PRIMARY KEY",
                        "ADD CONSTRAINT parent_pkey PRIMAY KEY");
}

struct slice fault_data_of_one_table_left_out(struct arena *a, struct slice in)
{
    size_t at = edit_find(in, "--\n-- Data for Name: parent;");
    size_t end = edit_find(in, "--\n-- Data for Name: secret;");
    return edit_splice(a, in, at, end - at, slice_of(""));
}

struct slice fault_data_of_a_partition_left_out(struct arena *a, struct slice in)
{
    size_t at = edit_find(in, "--\n-- Data for Name: events_2025;");
    size_t end = edit_find(in, "--\n-- Data for Name: events_2026;");
    return edit_splice(a, in, at, end - at, slice_of(""));
}

struct slice fault_setval_lost(struct arena *a, struct slice in)
{
    size_t at = edit_find(in, "SELECT pg_catalog.setval('public.child_id_seq'");
    size_t n = edit_find((struct slice){in.p + at, in.n - at}, "\n");
    return edit_splice(a, in, at, n, slice_of(""));
}

struct slice fault_row_security_on(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "SET row_security = off", "SET row_security = on");
}

struct slice fault_tool_older_than_server(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "-- Dumped by pg_dump version 15.18",
                        "-- Dumped by pg_dump version 14.2");
}

struct slice fault_timeout_set(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "SET statement_timeout = 0", "SET statement_timeout = '5s'");
}

struct slice fault_setting_of_a_newer_tool(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "SET lock_timeout = 0;",
                        "SET lock_timeout = 0;\nSET transaction_timeout = 0;");
}

struct slice fault_timeout_of_a_role(struct arena *a, struct slice in)
{
    return with(a, in, "ALTER ROLE nasty_owner SET statement_timeout TO '1min';\n");
}

/* A pg_dumpall whose first part, with the roles, is lost. */
struct slice fault_globals_lost(struct arena *a, struct slice in)
{
    struct slice head = slice_of("--\n-- PostgreSQL database cluster dump\n--\n\n");
    struct slice tail = slice_of("--\n-- PostgreSQL database cluster dump complete\n--\n");
    return bytes_join(a, bytes_join(a, head, in), tail);
}

struct slice fault_tablespace_not_there(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "SET default_tablespace = ''", "SET default_tablespace = fast");
}

struct slice fault_extension_needed(struct arena *a, struct slice in)
{
    return with(a, in, "CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public;\n");
}

/* ---- what reaches outside ----------------------------------------------------------------------
 */

struct slice fault_program_in_a_block(struct arena *a, struct slice in)
{
    return with(a, in, "DO $$BEGIN COPY public.secret TO PROGRAM 'curl'; END$$;\n");
}

struct slice fault_file_read(struct arena *a, struct slice in)
{
    return with(a, in, "SELECT pg_catalog.pg_read_file('/etc/passwd');\n");
}

struct slice fault_connection_made(struct arena *a, struct slice in)
{
    return with(a, in, "SELECT public.dblink_connect('host=elsewhere');\n");
}

struct slice fault_server_altered(struct arena *a, struct slice in)
{
    return with(a, in, "ALTER SYSTEM SET archive_command = 'true';\n");
}

struct slice fault_subscription_that_connects(struct arena *a, struct slice in)
{
    return with(a, in, "CREATE SUBSCRIPTION s CONNECTION 'host=db1' PUBLICATION p;\n");
}

struct slice fault_subscription_kept(struct arena *a, struct slice in)
{
    return with(a, in,
                "CREATE SUBSCRIPTION s CONNECTION 'host=db1' PUBLICATION p "
                "WITH (connect = false, slot_name = 's');\n");
}

struct slice fault_password_in_the_dump(struct arena *a, struct slice in)
{
    return with(a, in,
                "CREATE USER MAPPING FOR nasty_owner SERVER s OPTIONS (\n    password 'p'\n);\n");
}

struct slice fault_foreign_server(struct arena *a, struct slice in)
{
    return with(a, in, "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw;\n");
}

struct slice fault_event_trigger(struct arena *a, struct slice in)
{
    return with(a, in, "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.f();\n");
}

struct slice fault_untrusted_language(struct arena *a, struct slice in)
{
    return with(a, in,
                "CREATE FUNCTION public.x() RETURNS integer LANGUAGE plpython3u AS $$os$$;\n");
}

struct slice fault_definer_without_path(struct arena *a, struct slice in)
{
    return edit_replace(a, in, "LANGUAGE plpgsql\n    AS $_$",
                        "LANGUAGE plpgsql SECURITY DEFINER\n    AS $_$");
}
