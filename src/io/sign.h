/* SPDX-License-Identifier: PostgreSQL */
/*
 * Signatures of files by Ed25519 (RFC 8032), each in a file beside it: FILE.sig, the 64 bytes as
 * they are, as `openssl pkeyutl -sign -rawin` writes and `-verify -rawin` reads them. Keys are PEM
 * files: `openssl genpkey -algorithm ed25519` makes one, `openssl pkey -pubout` gives its public
 * half.
 */
#ifndef PGR_IO_SIGN_H
#define PGR_IO_SIGN_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

#define SIGN_SUFFIX ".sig"

enum { SIGN_BYTES = 64, SIGN_FILE_MAX = 256 << 20 };

/* Can this be the key to sign with? ERR_USAGE: it is no private Ed25519 key, has a passphrase, or
 * others may read it; ERR_MISSING and the like as fs_read_file. */
MUST bool sign_check_key(const char *key_path, struct err *e);

/* Writes path.sig, atomically, with the mode of the file. */
MUST bool sign_file(const char *key_path, const char *path, struct err *e);

/* *good: does the signature fit the text? ERR_USAGE: the key is no public Ed25519 key. */
MUST bool sign_verify(const char *public_key_path, struct slice text, struct slice signature,
                      bool *good, struct err *e);

#endif
