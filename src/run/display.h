/* SPDX-License-Identifier: PostgreSQL */
/*
 * What a person sees while a run goes on: one line a stage, the live one with a bar on a terminal,
 * plain lines in cron and CI, JSON lines, or nothing unless the verdict is not `passed`.
 */
#ifndef PGR_RUN_DISPLAY_H
#define PGR_RUN_DISPLAY_H

#include "base/buf.h"
#include "model/config.h"
#include "model/progress.h"
#include "model/record.h"

#include <stdbool.h>

struct display {
    bool terminal; /* with a live line */
    bool color, json, quiet;
    struct buf held;          /* with --quiet: what would have been printed */
    enum stage stage;         /* the live one */
    int64_t began_us;         /* of the live stage */
    int64_t told_us;          /* last progress line */
    int64_t moved_us;         /* when the bytes changed last */
    uint64_t bytes;           /* then */
    unsigned tenths;          /* of the work, as told last */
    bool live;                /* a progress line stands on the terminal */
    struct progress progress; /* for the work below */
};

void display_open(struct display *d, const struct config *config);
void display_cleanup(struct display *d);

/* The head line: what is rehearsed, from where. */
void display_head(struct display *d, const struct record *r);

/* A stage begins and ends; between them d->progress shows how far it is. */
void display_stage_begin(struct display *d, enum stage stage);
void display_stage_end(struct display *d, const struct stage_facts *facts);

/* A line of its own. */
void display_note(struct display *d, const char *format, ...) PRINTF(2, 3);

/* The conclusion, and where the reports are (struct vec of const char *, the first one for
 * programs). As JSON it is one line a sentence, the last one with verdict, exit_code and report. */
void display_conclusion(struct display *d, const struct record *r, const struct vec *paths);

/* Text as it is. With --quiet everything held is printed at the end unless `passed`. */
void display_text(struct display *d, const char *text);
void display_end(struct display *d, bool passed);

#endif
