/* SPDX-License-Identifier: PostgreSQL */
/*
 * SIGINT, SIGTERM and SIGHUP without handlers: they are blocked and read from a descriptor that
 * everything that waits polls besides its own.
 */
#ifndef PGR_BASE_INTERRUPT_H
#define PGR_BASE_INTERRUPT_H

#include "base/attr.h"
#include "base/err.h"

#include <stdbool.h>

/* The thread that reads ahead asks for signals, too. */
struct interrupt {
    int fd;            /* signalfd, or -1 in a zeroed one that interrupt_open was never called on */
    _Atomic int signo; /* the signal that came first, 0 while there was none */
    bool open;
    _Atomic bool masked; /* the teardown runs: nothing is interrupted any more */
};

/* Blocks the signals for this process and opens the descriptor. */
MUST bool interrupt_open(struct interrupt *intr, struct err *e);
void interrupt_cleanup(struct interrupt *intr);

/* Descriptor to poll for reading; -1 (which poll ignores) when intr is NULL or not open, or once a
 * signal came: after that, work that goes on (the teardown) must not spin on it. */
int interrupt_fd(const struct interrupt *intr);

/* Has a signal come? Reads the descriptor without waiting. NULL gives false. */
bool interrupt_pending(struct interrupt *intr);

/* interrupt_pending, as an error: sets ERR_INTERRUPTED and gives false when a signal came. */
MUST bool interrupt_check(struct interrupt *intr, struct err *e);

/* From here on nothing is interrupted any more: the teardown runs, and every wait in it has a
 * deadline. A signal that came before, or comes now, stays readable in signo. */
void interrupt_mask(struct interrupt *intr);

#endif
