/* SPDX-License-Identifier: PostgreSQL */
/*
 * A small strict reader of XML as object stores answer (Extensible Markup Language 1.0): elements,
 * attributes (passed over), text, the five named entities and numbers, comments. No document types,
 * no CDATA, no other processing instruction than the declaration: those are refused.
 */
#ifndef PGR_HTTP_XML_H
#define PGR_HTTP_XML_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum { XML_DEPTH_MAX = 16 };

struct xml {
    struct slice rest;
    struct slice open[XML_DEPTH_MAX]; /* names of the elements that are open */
    size_t depth;
    bool begun;      /* the root was opened */
    bool pending;    /* an empty-element tag: its end follows without bytes */
    bool told;       /* `text` was handed out */
    struct buf text; /* of the innermost element since its last child */
};

enum xml_kind { XML_OPEN, XML_CLOSE, XML_END };

struct xml_event {
    enum xml_kind kind;
    struct slice name; /* inside the document; of the element */
    const char *text;  /* with XML_CLOSE: its text, decoded; until the next call */
    size_t depth;      /* of the element; the root has 1 */
};

/* `document` must outlive the reader. Release with xml_cleanup. */
struct xml xml_new(struct slice document);
void xml_cleanup(struct xml *x);

/* The next event; XML_END is the end of a whole document. ERR_FORMAT otherwise. */
MUST bool xml_next(struct xml *x, struct xml_event *event, struct err *e);

#endif
