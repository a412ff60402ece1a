/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t fake_us; /* one of the two file-scope variables that STYLE allows */

static int64_t read_us(clockid_t id)
{
    if (fake_us != 0)
        return fake_us;
    struct timespec now;
    int status = clock_gettime(id, &now);
    assert(status == 0);
    (void)status;
    return (int64_t)now.tv_sec * CLOCK_SECOND_US + now.tv_nsec / 1000;
}

int64_t clock_mono_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

int64_t clock_wall_us(void)
{
    return read_us(CLOCK_REALTIME);
}

void clock_fake(int64_t us)
{
    fake_us = us;
}

int clock_poll_ms(int64_t deadline_us)
{
    if (deadline_us == 0)
        return -1;
    int64_t left_ms = (deadline_us - clock_mono_us() + 999) / 1000;
    if (left_ms <= 0)
        return 0;
    return left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}

static struct tm broken_down(int64_t wall_us)
{
    int64_t s = wall_us / CLOCK_SECOND_US - (wall_us % CLOCK_SECOND_US < 0 ? 1 : 0);
    time_t seconds = (time_t)s;
    struct tm tm = {0};
    (void)gmtime_r(&seconds, &tm);
    return tm;
}

const char *clock_iso(int64_t wall_us, char out[CLOCK_ISO_BYTES])
{
    struct tm tm = broken_down(wall_us);
    int64_t us = ((wall_us % CLOCK_SECOND_US) + CLOCK_SECOND_US) % CLOCK_SECOND_US;
    char date[24];
    (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(out, CLOCK_ISO_BYTES, "%.19s.%06uZ", date, (unsigned)us % 1000000U);
    return out;
}

bool clock_parse_iso(const char *text, int64_t *wall_us)
{
    struct tm tm = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    if (rest == NULL)
        return false;
    int64_t us = 0;
    if (*rest == '.') {
        int64_t scale = CLOCK_SECOND_US;
        for (rest++; *rest >= '0' && *rest <= '9' && scale > 1; rest++) {
            scale /= 10;
            us += (*rest - '0') * scale;
        }
    }
    if (strcmp(rest, "Z") != 0)
        return false;
    *wall_us = (int64_t)timegm(&tm) * CLOCK_SECOND_US + us;
    return true;
}

const char *clock_stamp(int64_t wall_us, char out[CLOCK_STAMP_BYTES])
{
    struct tm tm = broken_down(wall_us);
    (void)strftime(out, CLOCK_STAMP_BYTES, "%Y%m%dT%H%M%SZ", &tm);
    return out;
}
