/* SPDX-License-Identifier: PostgreSQL */
/* The manifest beside a dump: what it proves, and what happens when one of the two has changed. */
#include "base/fs.h"
#include "base/str.h"
#include "lib/bytes.h"
#include "lib/cluster.h"
#include "lib/program.h"
#include "report/manifest.h"
#include "report/report.h"

#include <check.h>

#include <string.h>
#include <unistd.h>

Suite *suite_manifest(void);

enum { FILE_MAX = 16 * 1024 * 1024 };

static const char make[] =
    "CREATE TABLE orders (id integer PRIMARY KEY, who text);"
    "INSERT INTO orders SELECT i, 'customer ' || i FROM generate_series(1, 100) i;"
    "CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY, body text);"
    "INSERT INTO notes (body) VALUES ('one'), ('two');"
    "CREATE INDEX notes_body ON notes (body);"
    "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY only_mine ON notes TO PUBLIC USING (true);"
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET app.secret = ''xyzzy''', "
    "current_database()); END $$;";

static const char *dsn, *kept, *kept_again; /* made once, before the tests fork */

static struct room room;
static struct err e;

static void set_up(void)
{
    room_open(&room, NULL);
    e = (struct err){0};
}

/* A dump that a run keeps, not packed, so that it can be edited; with its manifest. */
static const char *keep_one(void)
{
    set_up();
    struct told told = PROGRAM(&room, "run", "--source", dsn, "--users", "0", "--backup-dir",
                               room.backups, "--backup-take-compress", "none");
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    return room_report(&room)->backup.path;
}

static void once(void)
{
    dsn = test_cluster_database();
    test_cluster_sql(dsn, make);
    kept = keep_one();
    kept_again = keep_one();
}

static struct slice read_file(const char *path)
{
    struct slice text;
    ck_assert_msg(fs_read_file(room.a, path, FILE_MAX, &text, &e), "%s", e.text);
    return text;
}

static const char *manifest_of(const char *path)
{
    return arena_printf(room.a, "%s%s", path, MANIFEST_SUFFIX);
}

static const char *write_file(const char *name, struct slice bytes)
{
    const char *path = fs_join(room.a, room.dir, name);
    (void)unlink(path);
    ck_assert_msg(fs_write_file(room.a, path, 0600, bytes, &e), "%s", e.text);
    return path;
}

static const char *find(const char *in, const char *text)
{
    const char *at = strstr(in, text);
    ck_assert_msg(at != NULL, "no %s", text);
    return at;
}

/* The first `from` becomes `to`. */
static struct slice replace(struct slice in, const char *from, const char *to)
{
    const char *at = find(in.p, from);
    return slice_of(
        arena_printf(room.a, "%.*s%s%s", (int)(at - in.p), in.p, to, at + strlen(from)));
}

/* Everything from `from` up to `to` is taken out. */
static struct slice without(struct slice in, const char *from, const char *to)
{
    const char *at = find(in.p, from), *end = find(at, to);
    return slice_of(arena_printf(room.a, "%.*s%s", (int)(at - in.p), in.p, end));
}

/* What verify says of the file, which must end so. */
static const struct record *verify(int status, const char *path, const char *option,
                                   const char *value)
{
    struct record *r = NULL;
    struct told told = PROGRAM(&room, "verify", path, "--json", option, value);
    ck_assert_msg(told.status == status, "exit status %d:\n%s%s", told.status, told.out, told.err);
    ck_assert_msg(report_read_json(room.a, slice_of(told.out), &r, &e), "%s", e.text);
    return r;
}

/* The dump, perhaps changed, beside its manifest, perhaps changed. */
static const struct record *verify_pair(int status, struct slice dump, struct slice manifest)
{
    const char *path = write_file("pair.sql", dump);
    (void)write_file("pair.sql" MANIFEST_SUFFIX, manifest);
    return verify(status, path, NULL, NULL);
}

static void must_pass(const struct record *r)
{
    const struct check_facts *c = report_check(r, "manifest");
    ck_assert_msg(c->outcome == OUTCOME_PASSED, "%s", c->detail);
}

static const struct manifest *read_manifest(const char *path)
{
    struct manifest *m = NULL;
    bool intact = false;
    ck_assert_msg(manifest_read(room.a, read_file(path), &m, &intact, &e), "%s", e.text);
    ck_assert(intact);
    return m;
}

static const char *fact(const struct manifest *m, const char *kind, const char *name)
{
    VEC_EACH (const struct source_fact, f, &m->source.facts)
        if (str_eq(f->kind, kind) && strstr(f->name, name) != NULL)
            return f->value;
    return NULL;
}

START_TEST(test_a_kept_dump_has_a_manifest_that_says_what_it_holds)
{
    const struct manifest *m = read_manifest(manifest_of(kept));
    const struct manifest_table *orders = vec_at(&m->tables, 1);
    const struct manifest_sequence *sequence = vec_at(&m->sequences, 0);
    ck_assert_uint_eq(m->tables.n, 2);
    ck_assert_str_eq(orders->name, "orders");
    ck_assert_int_eq(orders->rows.value, 100);
    ck_assert_uint_eq(strlen(orders->digest), 32);
    ck_assert_uint_eq(m->sequences.n, 1);
    ck_assert_int_eq(sequence->value, 2);
    ck_assert_str_eq(m->backup.path, fs_base_name(kept));
    ck_assert_str_eq(
        m->source.system_identifier,
        test_cluster_text(room.a, dsn, "SELECT system_identifier FROM pg_control_system()"));
    ck_assert_ptr_nonnull(strchr(m->source.lsn, '/'));
    ck_assert_str_eq(fact(m, "extension", "plpgsql"), "1.0");
    ck_assert_str_eq(fact(m, "policy", "public.notes: only_mine"), "ALL for public");
    ck_assert_str_eq(fact(m, "row security", "public.notes"), "enabled");
    ck_assert_str_eq(fact(m, "setting", "app.secret"), "…");
    ck_assert_ptr_null(strstr(read_file(manifest_of(kept)).p, "xyzzy"));
}
END_TEST

START_TEST(test_a_dump_is_proved_by_its_manifest_in_another_folder)
{
    const struct record *r = verify_pair(0, read_file(kept), read_file(manifest_of(kept)));
    must_pass(r);
    ck_assert_int_eq(report_check(r, "digest")->outcome, OUTCOME_PASSED);
}
END_TEST

START_TEST(test_a_dump_is_proved_by_its_manifest_however_it_is_packed)
{
    struct slice packed = bytes_zstd(room.a, read_file(kept));
    const struct record *r = verify_pair(0, packed, read_file(manifest_of(kept)));
    must_pass(r);
    must_contain(report_check(r, "manifest")->detail, "packed anew");
    ck_assert_int_eq(report_check(r, "digest")->outcome, OUTCOME_SKIPPED);
}
END_TEST

START_TEST(test_a_manifest_can_be_named)
{
    const char *path = write_file("alone.sql", read_file(kept));
    const struct record *r = verify(0, path, NULL, NULL);
    ck_assert_int_eq(report_check(r, "manifest")->outcome, OUTCOME_SKIPPED);
    must_pass(verify(0, path, "--manifest", manifest_of(kept)));
    r = verify(3, path, "--manifest", "/nonexistent/manifest");
    ck_assert_ptr_nonnull(report_finding(r, "MANIFEST_UNREADABLE"));
}
END_TEST

/* ---- the command dump --------------------------------------------------------------------------
 */

#define DUMP(...) PROGRAM(&room, "dump", "--source", dsn, __VA_ARGS__)

START_TEST(test_dump_writes_a_file_and_its_manifest)
{
    const char *out = fs_join(room.a, room.backups, "shop.sql.zst");
    struct told told = DUMP("--out", out, "--backup-take-compress", "zstd");
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    room_must_be_clean(&room);
    must_contain(told.out, "shop.sql.zst  with its manifest");
    must_pass(verify(0, out, NULL, NULL));
    ck_assert_uint_eq(read_manifest(manifest_of(out))->tables.n, 2);
    struct vec names;
    ck_assert(fs_list(room.a, room.backups, &names, &e));
    ck_assert_uint_eq(names.n, 2);
}
END_TEST

static void must_be_refused(const char *out, const char *words)
{
    struct told told = out == NULL ? PROGRAM(&room, "dump", "--source", dsn) : DUMP("--out", out);
    ck_assert_msg(told.status == 2, "exit status %d", told.status);
    must_contain(told.err, words);
    ck_assert_str_eq(told.out, "");
}

START_TEST(test_dump_writes_over_nothing)
{
    const char *out = room_file(&room, "there.sql", "mine");
    (void)room_file(&room, "other.sql.manifest.json", "mine");
    must_be_refused(out, "there.sql is there already");
    must_be_refused(fs_join(room.a, room.dir, "other.sql"), "is there already");
    must_be_refused(room.dir, "is a folder");
    must_be_refused("/nonexistent/x.sql", "there is no folder /nonexistent");
    must_be_refused(NULL, "--out FILE");
    ck_assert_str_eq(read_file(out).p, "mine");
}
END_TEST

START_TEST(test_a_dump_that_fails_leaves_nothing)
{
    const char *out = fs_join(room.a, room.backups, "shop.sql");
    struct told told = DUMP("--out", out, "--backup-take-pg-dump", "/bin/false");
    ck_assert_msg(told.status == 3, "exit status %d\n%s", told.status, told.out);
    ck_assert_ptr_null(room_only_entry(&room, room.backups));
    room_must_be_clean(&room);
}
END_TEST

/* ---- a dump that changed -----------------------------------------------------------------------
 */

static struct slice row_lost(struct slice in)
{
    return without(in, "57\tcustomer 57\n", "58\tcustomer 58\n");
}

static struct slice row_changed(struct slice in)
{
    return replace(in, "57\tcustomer 57\n", "57\tcustomer 75\n");
}

static struct slice values_swapped(struct slice in)
{
    return replace(in, "57\tcustomer 57\n58\tcustomer 58\n", "57\tcustomer 58\n58\tcustomer 57\n");
}

static struct slice table_lost(struct slice in)
{
    in = without(in, "--\n-- Data for Name: orders",
                 "--\n-- Name: notes_id_seq; Type: SEQUENCE SET");
    in = without(in, "ALTER TABLE ONLY public.orders\n    ADD", "--\n-- Name: notes_body");
    in = without(in, "ALTER TABLE public.orders OWNER", "--\n");
    return without(in, "CREATE TABLE public.orders", "--\n");
}

static struct slice index_lost(struct slice in)
{
    return without(in, "CREATE INDEX notes_body", "\n\n");
}

static struct slice policy_changed(struct slice in)
{
    return replace(in, "USING (true)", "USING (false)");
}

static struct slice position_changed(struct slice in)
{
    return replace(in, "'public.notes_id_seq', 2, true", "'public.notes_id_seq', 1, true");
}

static struct slice position_not_called(struct slice in)
{
    return replace(in, "'public.notes_id_seq', 2, true", "'public.notes_id_seq', 2, false");
}

/* Each makes a dump that nothing is wrong with. */
static const struct {
    struct slice (*change)(struct slice in);
    const char *subject;
} changes[] = {
    {row_lost, "public.orders"},
    {row_changed, "public.orders"},
    {values_swapped, "public.orders"},
    {table_lost, "public.orders"},
    {index_lost, "indexes"},
    {policy_changed, "statements"},
    {position_changed, "public.notes_id_seq"},
    {position_not_called, "public.notes_id_seq"},
};

START_TEST(test_whatever_a_dump_lost_cleanly_is_found)
{
    struct slice changed = changes[_i].change(read_file(kept));
    const char *alone = write_file("alone.sql", changed);
    (void)verify(0, alone, NULL, NULL); /* nobody can tell without a manifest */
    const struct record *r = verify_pair(1, changed, read_file(manifest_of(kept)));
    const struct finding *f = report_finding(r, "MANIFEST_DIFFERS");
    ck_assert_ptr_nonnull(f);
    ck_assert_str_eq(f->subject, changes[_i].subject);
    ck_assert_int_eq(f->blame, BLAME_BACKUP);
}
END_TEST

/* ---- a manifest that changed -------------------------------------------------------------------
 */

static struct slice count_changed(struct slice in)
{
    return replace(in, "\"rows\": 100,", "\"rows\": 99,");
}

static struct slice digest_changed(struct slice in)
{
    static const char member[] = "\"digest\": \"";
    char *text = arena_strndup(room.a, in.p, in.n);
    char *digit = text + (find(text, member) - text) + strlen(member);
    *digit = *digit == '0' ? '1' : '0';
    return slice_of(text);
}

static struct slice of_a_later_version(struct slice in)
{
    return replace(in, "manifest/v1", "manifest/v2");
}

static struct slice cut(struct slice in)
{
    return slice_of(arena_strndup(room.a, in.p, in.n / 2));
}

static struct slice of_the_next_dump(struct slice in)
{
    (void)in;
    return read_file(manifest_of(kept_again));
}

static const struct {
    struct slice (*change)(struct slice in);
    const char *code;
} manifests[] = {
    {count_changed, "MANIFEST_TAMPERED"},           {digest_changed, "MANIFEST_TAMPERED"},
    {of_a_later_version, "MANIFEST_UNREADABLE"},    {cut, "MANIFEST_UNREADABLE"},
    {of_the_next_dump, "MANIFEST_OF_ANOTHER_DUMP"},
};

START_TEST(test_a_manifest_that_proves_nothing_is_never_a_pass)
{
    struct slice changed = manifests[_i].change(read_file(manifest_of(kept)));
    const struct record *r = verify_pair(3, read_file(kept), changed);
    const struct finding *f = report_finding(r, manifests[_i].code);
    ck_assert_msg(f != NULL, "no %s", manifests[_i].code);
    ck_assert_int_eq(f->blame, BLAME_ENVIRONMENT);
    ck_assert_int_eq(report_check(r, "manifest")->outcome, OUTCOME_UNKNOWN);
}
END_TEST

/* ---- signatures --------------------------------------------------------------------------------
 */

struct keys {
    const char *private, *public;
};

static struct keys make_keys(const char *name)
{
    struct keys k = {fs_join(room.a, room.dir, arena_printf(room.a, "%s.key", name)),
                     fs_join(room.a, room.dir, arena_printf(room.a, "%s.pub", name))};
    MUST_RUN(&room, "openssl", "genpkey", "-algorithm", "ed25519", "-out", k.private);
    MUST_RUN(&room, "chmod", "600", k.private);
    MUST_RUN(&room, "openssl", "pkey", "-in", k.private, "-pubout", "-out", k.public);
    return k;
}

/* A signed dump. */
static const char *signed_dump(const struct keys *k)
{
    const char *path = fs_join(room.a, room.dir, "signed.sql");
    struct told told = DUMP("--out", path, "--sign", k->private);
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    return path;
}

static struct told attest(const char *path, const char *key)
{
    return PROGRAM(&room, "attest", "verify", path, "--public-key", key);
}

START_TEST(test_a_signature_shows_who_wrote_a_manifest)
{
    const struct keys ours = make_keys("ours"), others = make_keys("others");
    const char *path = signed_dump(&ours), *manifest = manifest_of(path);
    const char *signature = arena_printf(room.a, "%s.sig", manifest);
    MUST_RUN(&room, "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", ours.public, "-rawin",
             "-in", manifest, "-sigfile", signature);
    ck_assert_int_eq(attest(manifest, ours.public).status, 0);
    ck_assert_int_eq(attest(manifest, others.public).status, 1);
    ck_assert_int_eq(attest(path, ours.public).status, 3); /* nobody signed that */
    ck_assert_int_eq(attest(manifest, ours.private).status, 2);
    must_pass(verify(0, path, "--public-key", ours.public));
    const struct record *r = verify(3, path, "--public-key", others.public);
    ck_assert_ptr_nonnull(report_finding(r, "MANIFEST_NOT_SIGNED"));
    ck_assert_int_eq(unlink(signature), 0);
    r = verify(3, path, "--public-key", ours.public);
    ck_assert_ptr_nonnull(report_finding(r, "MANIFEST_NOT_SIGNED"));
    must_pass(verify(0, path, NULL, NULL));
}
END_TEST

/* Whoever changes a manifest can make its digest fit again, but not its signature. */
START_TEST(test_a_forged_manifest_is_found_by_its_signature)
{
    const struct keys ours = make_keys("ours"), others = make_keys("others");
    const char *path = signed_dump(&ours), *manifest = manifest_of(path);
    const char *signature = arena_printf(room.a, "%s.sig", manifest);
    struct slice kept_signature = read_file(signature);
    MUST_RUN(&room, "rm", path, manifest, signature);
    (void)signed_dump(&others);
    MUST_RUN(&room, "rm", signature);
    ck_assert(fs_write_file(room.a, signature, 0600, kept_signature, &e));
    must_pass(verify(0, path, NULL, NULL));
    const struct record *r = verify(3, path, "--public-key", ours.public);
    ck_assert_ptr_nonnull(report_finding(r, "MANIFEST_NOT_SIGNED"));
}
END_TEST

START_TEST(test_reports_are_signed_too)
{
    const struct keys ours = make_keys("ours");
    struct told told =
        PROGRAM(&room, "run", "--source", dsn, "--users", "0", "--sign", ours.private);
    ck_assert_msg(told.status == 0, "%s%s", told.out, told.err);
    const char *dir = fs_join(room.a, room.reports, "latest");
    static const char *const files[] = {"report.json", "report.html", "report.txt"};
    for (size_t i = 0; i < COUNT_OF(files); i++)
        ck_assert_int_eq(attest(fs_join(room.a, dir, files[i]), ours.public).status, 0);
    room_must_be_clean(&room);
}
END_TEST

/* A key that others may read, or that is none, is refused before anything is started. */
START_TEST(test_a_key_that_cannot_sign_is_a_slip)
{
    const struct keys ours = make_keys("ours");
    const char *path = fs_join(room.a, room.dir, "x.sql");
    ck_assert_int_eq(DUMP("--out", path, "--sign", ours.public).status, 2);
    ck_assert_int_eq(DUMP("--out", path, "--sign", "/nonexistent").status, 3);
    MUST_RUN(&room, "chmod", "644", ours.private);
    struct told told = DUMP("--out", path, "--sign", ours.private);
    ck_assert_int_eq(told.status, 2);
    must_contain(told.err, "chmod 600");
    ck_assert(!fs_exists(path));
}
END_TEST

Suite *suite_manifest(void)
{
    Suite *s = suite_create("manifest");
    TCase *tc = tcase_create("manifest");
    tcase_add_unchecked_fixture(tc, once, NULL);
    tcase_add_checked_fixture(tc, set_up, NULL);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, test_a_kept_dump_has_a_manifest_that_says_what_it_holds);
    tcase_add_test(tc, test_a_dump_is_proved_by_its_manifest_in_another_folder);
    tcase_add_test(tc, test_a_dump_is_proved_by_its_manifest_however_it_is_packed);
    tcase_add_test(tc, test_a_manifest_can_be_named);
    tcase_add_test(tc, test_dump_writes_a_file_and_its_manifest);
    tcase_add_test(tc, test_dump_writes_over_nothing);
    tcase_add_test(tc, test_a_dump_that_fails_leaves_nothing);
    tcase_add_loop_test(tc, test_whatever_a_dump_lost_cleanly_is_found, 0, COUNT_OF(changes));
    tcase_add_loop_test(tc, test_a_manifest_that_proves_nothing_is_never_a_pass, 0,
                        COUNT_OF(manifests));
    tcase_add_test(tc, test_a_signature_shows_who_wrote_a_manifest);
    tcase_add_test(tc, test_a_forged_manifest_is_found_by_its_signature);
    tcase_add_test(tc, test_reports_are_signed_too);
    tcase_add_test(tc, test_a_key_that_cannot_sign_is_a_slip);
    suite_add_tcase(s, tc);
    return s;
}
