/* SPDX-License-Identifier: PostgreSQL */
/* Clocks, and times as people read them. */
#ifndef PGR_BASE_CLOCK_H
#define PGR_BASE_CLOCK_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_SECOND_US INT64_C(1000000)

/* Microseconds of the monotonic clock: for durations and deadlines. */
int64_t clock_mono_us(void);

/* Microseconds since 1970-01-01 00:00 UTC. */
int64_t clock_wall_us(void);

/* Tests set both clocks to a fixed time; 0 goes back to the real ones. */
void clock_fake(int64_t us);

/* Milliseconds until `deadline_us` as poll(2) wants them: 0 when passed, -1 when deadline_us is 0
 * (none). */
int clock_poll_ms(int64_t deadline_us);

/* "2026-11-23T02:00:01.123456Z" of a wall time. The buffer must hold CLOCK_ISO_BYTES. */
enum { CLOCK_ISO_BYTES = 28, CLOCK_STAMP_BYTES = 17 };
const char *clock_iso(int64_t wall_us, char out[CLOCK_ISO_BYTES]);

/* The reverse; also accepts no fraction. False when it is no such time. */
MUST bool clock_parse_iso(const char *text, int64_t *wall_us);

/* "20261123T020001Z", for file names. The buffer must hold CLOCK_STAMP_BYTES. */
const char *clock_stamp(int64_t wall_us, char out[CLOCK_STAMP_BYTES]);

#endif
