/* SPDX-License-Identifier: PostgreSQL */
/*
 * The manifest of a dump, NAME.manifest.json: what a dump holds, so that it can be proved in years,
 * on another machine, without its source. JSON (manifest in model/record.def) that ends in a line
 * feed. Its member `digest` is the SHA-256 of the file's bytes with 64 zeros where the digits of
 * the digest stand: any program can prove it, also one that knows other members than the one that
 * wrote it. That finds accidents and edits; who wants to deceive can work it out anew.
 */
#ifndef PGR_REPORT_MANIFEST_H
#define PGR_REPORT_MANIFEST_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "model/record.h"

#include <stdbool.h>

#define MANIFEST_SUFFIX ".manifest.json"

/* Sets m->digest, in `a`, and writes the document. */
void manifest_write(struct arena *a, struct manifest *m, struct buf *out);

/* Reads one; the texts are in `a`. Its tables are sorted by schema and name, its objects by
 * objects_order; they, the sequences and the facts of the source have their names. *intact: its
 * digest is right. ERR_FORMAT: it is none, or of a version that is not known. */
MUST bool manifest_read(struct arena *a, struct slice text, struct manifest **m, bool *intact,
                        struct err *e);

/* The JSON Schema (draft 2020-12) of manifests, made from record.def. */
void manifest_json_schema(struct buf *out);

#endif
