/* SPDX-License-Identifier: PostgreSQL */
/* Faults of archives: of what is in them, and of their bytes. */
#include "faults/archives.h"

#include "faults/edit.h"
#include "lib/bytes.h"

#include <check.h>

#include <string.h>

#define TABLE "parent" /* of 40 rows */

static void remove_member(struct model *m, struct member *x)
{
    struct member *all = m->members.items;
    size_t i = (size_t)(x - all);
    memmove(x, x + 1, (m->members.n - i - 1) * sizeof *x);
    m->members.n--;
}

static struct member *large_object(struct model *m)
{
    return archives_member(m, "BLOBS");
}

/* ---- header and table of contents --------------------------------------------------------------
 */

void fault_model_month_of_13(struct model *m)
{
    enum { MONTH = 4 };
    m->stamp[MONTH] = 13;
}

void fault_model_database_without_name(struct model *m)
{
    m->toc.database = NULL;
}

/* As pg_restore reads the number when a carriage return stands in front of it. */
void fault_model_entries_fewer_than_none(struct model *m)
{
    m->n_entries = -1;
}

void fault_model_entries_without_number(struct model *m)
{
    m->toc.entries.n = 0;
    m->members.n = 0;
}

void fault_model_entry_more_than_there_are(struct model *m)
{
    m->n_entries = (int64_t)m->toc.entries.n + 1;
}

void fault_model_entry_fewer_than_there_are(struct model *m)
{
    m->n_entries = (int64_t)m->toc.entries.n - 1;
}

void fault_model_section_of_7(struct model *m)
{
    archives_entry(m, "TABLE", TABLE)->section = (enum archive_section)7;
}

void fault_model_two_entries_of_one_id(struct model *m)
{
    archives_entry(m, "TABLE", TABLE)->id = archives_entry(m, "TABLE", "child")->id;
}

void fault_model_offsets_off_by_one(struct model *m)
{
    m->offset_error = 1;
}

void fault_model_file_outside(struct model *m)
{
    archives_entry(m, "TABLE DATA", TABLE)->file = "../../etc/passwd";
}

void fault_model_bytes_behind_the_table_of_contents(struct model *m)
{
    m->behind = slice_of("more");
}

void fault_model_shell_command_in_a_definition(struct model *m)
{
    archives_entry(m, "TABLE", TABLE)->definition = "\\! id\n";
}

/* ---- data --------------------------------------------------------------------------------------
 */

void fault_model_data_lost(struct model *m)
{
    remove_member(m, archives_member(m, TABLE));
}

void fault_model_data_twice(struct model *m)
{
    struct member copy = *archives_member(m, TABLE);
    *(struct member *)vec_push(&m->members) = copy;
}

void fault_model_data_of_no_entry(struct model *m)
{
    archives_member(m, TABLE)->write_id = 99999;
}

void fault_model_data_empty(struct model *m)
{
    archives_member(m, TABLE)->raw = slice_of("");
}

void fault_model_packed_file_empty(struct model *m)
{
    m->packing = PACKING_GZIP;
    archives_member(m, TABLE)->raw = slice_of("");
}

void fault_model_data_cut_at_a_line(struct model *m)
{
    struct member *x = archives_member(m, TABLE);
    const char *line = memchr(x->plain.p, '\n', x->plain.n);
    ck_assert(line != NULL);
    x->plain.n = (size_t)(line - x->plain.p) + 1;
}

void fault_model_data_cut_in_a_row(struct model *m)
{
    struct member *x = archives_member(m, TABLE);
    x->plain.n = 1;
}

void fault_model_latin1_in_the_data(struct model *m)
{
    struct member *x = archives_member(m, TABLE);
    x->plain = edit_splice(m->a, x->plain, 0, 0, slice_of("\xe4"));
}

static void cut_packed(struct model *m, struct slice packed)
{
    archives_member(m, TABLE)->raw = edit_cut(packed, packed.n - 3);
}

static struct slice pack(struct model *m, enum archive_packing packing)
{
    struct slice plain = archives_member(m, TABLE)->plain;
    m->packing = packing;
    m->minor = packing > PACKING_GZIP ? 16 : m->minor;
    return packing == PACKING_ZSTD  ? bytes_zstd(m->a, plain)
           : packing == PACKING_LZ4 ? bytes_lz4(m->a, plain, false)
           : m->as_files            ? bytes_gzip(m->a, plain)
                                    : bytes_zlib(m->a, plain);
}

void fault_model_packed_data_cut(struct model *m)
{
    cut_packed(m, pack(m, PACKING_GZIP));
}

void fault_model_zstd_data_cut(struct model *m)
{
    cut_packed(m, pack(m, PACKING_ZSTD));
}

void fault_model_lz4_data_cut(struct model *m)
{
    cut_packed(m, pack(m, PACKING_LZ4));
}

void fault_model_packed_data_bit(struct model *m)
{
    struct slice packed = pack(m, PACKING_GZIP);
    archives_member(m, TABLE)->raw = edit_flip(m->a, packed, packed.n / 2);
}

void fault_model_bytes_behind_packed_data(struct model *m)
{
    struct slice packed = pack(m, PACKING_GZIP);
    archives_member(m, TABLE)->raw = bytes_join(m->a, packed, slice_of("more"));
}

void fault_model_block_of_type_9(struct model *m)
{
    m->block_type = 9;
}

/* ---- large objects -----------------------------------------------------------------------------
 */

void fault_model_large_object_lost(struct model *m)
{
    remove_member(m, large_object(m));
}

void fault_model_large_object_of_no_entry(struct model *m)
{
    large_object(m)->oid = 4000000001U;
}

void fault_model_list_of_large_objects_lost(struct model *m)
{
    m->drop_lists = true;
}

/* ---- the bytes ---------------------------------------------------------------------------------
 */

/* A terminal between pg_dump and its file: docker exec -t, ssh -t. */
struct slice fault_bytes_returns_added(struct arena *a, struct slice in)
{
    char *out = arena_alloc(a, 2 * in.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        if (in.p[i] == '\n')
            out[n++] = '\r';
        out[n++] = in.p[i];
    }
    return (struct slice){out, n};
}

struct slice fault_bytes_head_alone(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut(in, 40);
}

struct slice fault_bytes_cut_in_the_table_of_contents(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut_at(in, "client_encoding");
}

struct slice fault_bytes_cut_at_half(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut(in, in.n / 2);
}

struct slice fault_bytes_last_byte_lost(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut(in, in.n - 1);
}

struct slice fault_bytes_end_of_tar_lost(struct arena *a, struct slice in)
{
    (void)a;
    return edit_cut(in, in.n - 1024);
}

struct slice fault_bytes_bytes_behind_the_end(struct arena *a, struct slice in)
{
    return bytes_join(a, in, slice_of("more"));
}

struct slice fault_bytes_tar_header_bit(struct arena *a, struct slice in)
{
    return edit_flip(a, in, edit_find(in, "restore.sql") + 2);
}

/* The last chunk's end, and an OID of 0 behind it, are five bytes each. */
struct slice fault_bytes_chunk_of_4_gigabytes(struct arena *a, struct slice in)
{
    return edit_splice(a, in, in.n - 10, 5, (struct slice){"\0\xff\xff\xff\xff", 5});
}
