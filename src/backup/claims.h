/* SPDX-License-Identifier: PostgreSQL */
/* What others say the digest of a backup is: sidecar files and headers of servers. */
#ifndef PGR_BACKUP_CLAIMS_H
#define PGR_BACKUP_CLAIMS_H

#include "backup/place.h"

enum { SIDECAR_BYTES_MAX = 4 << 20, CLAIMS_SIDECARS = 2 };
extern const struct beside claims_sidecars[CLAIMS_SIDECARS];

/* NAME.sha256 and SHA256SUMS beside the backup, into the digests of the record. What is there and
 * cannot be read or understood becomes a claim with a problem. Nothing is left to do for a folder
 * that claims_of_folder has looked at. */
void claims_beside(const struct place *place);
void claims_look_beside(const struct place *place, const struct beside *what);

/*
 * A directory archive that was read whole; its files are in `files` (struct file_digest, sorted by
 * name), its own digest is in the record. The same lists, and SHA256SUMS in the folder, may name
 * each file: "shop/toc.dat", or in the folder's own lists "toc.dat". Each one that differs or is
 * not there becomes a claim; a list that names all of them and fits is one claim of the folder.
 */
void claims_of_folder(struct place *place, const struct vec *files);

/* An ETag where it is the MD5 of one upload, and x-amz-checksum-sha256 where it is that of the
 * whole object. `documented`: the server is Amazon's, whose ETags are what they seem. */
void claims_of_server(struct arena *a, const struct http_facts *facts, bool documented,
                      struct backup_facts *b);

/* Does the error of place_beside mean that nothing is there? */
bool claims_is_absent(const struct place *place, const struct err *e);

/* Is there one with this algorithm and a digest? */
bool claims_has(const struct backup_facts *b, const char *algorithm);

/*
 * The SHA-256 of a file in a list (see backup/digest_line.h). False when it has none, with the
 * reason in `problem` unless the name is simply not listed.
 */
struct digest_list {
    struct slice text;
    const char *name;          /* of the file */
    bool only;                 /* a list of one line counts whatever name it has, also none */
    const char *hex, *problem; /* what was found */
};
MUST bool claims_lookup(struct arena *a, struct digest_list *list);

#endif
