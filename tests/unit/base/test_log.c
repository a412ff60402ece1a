/* SPDX-License-Identifier: PostgreSQL */
#include "base/log.h"

#include <check.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the sink got. */
static const char *logged(enum log_format format, enum log_level least, enum log_level level,
                          const char *text)
{
    static char out[4096];
    int fd[2];
    ck_assert_int_eq(pipe(fd), 0);
    log_set((struct log_how){.fd = fd[1], .format = format, .level = least});
    log_line(level, "%s", text);
    (void)close(fd[1]);
    ssize_t n = read(fd[0], out, sizeof out - 1);
    (void)close(fd[0]);
    out[n < 0 ? 0 : n] = '\0';
    log_set((struct log_how){.fd = 2, .level = LOG_INFO});
    return out;
}

START_TEST(test_text_lines_name_the_program_and_the_level)
{
    ck_assert_str_eq(logged(LOG_TEXT, LOG_INFO, LOG_INFO, "hello"), "pg_rehearse: hello\n");
    ck_assert_str_eq(logged(LOG_TEXT, LOG_INFO, LOG_ERROR, "bad"), "pg_rehearse: error: bad\n");
    ck_assert_str_eq(logged(LOG_TEXT, LOG_WARNING, LOG_INFO, "hidden"), "");
}
END_TEST

START_TEST(test_a_name_cannot_steer_the_terminal)
{
    ck_assert_str_eq(logged(LOG_TEXT, LOG_INFO, LOG_INFO, "a\033[31mb\r"),
                     "pg_rehearse: a\\x1b[31mb\\x0d\n");
}
END_TEST

START_TEST(test_json_lines_are_escaped)
{
    const char *line = logged(LOG_JSON, LOG_INFO, LOG_WARNING, "say \"x\\y\"\n\tand\xff\n");
    ck_assert_ptr_nonnull(strstr(line, "\"level\":\"warning\""));
    ck_assert_ptr_nonnull(strstr(line, "\"message\":\"say \\\"x\\\\y\\\" and\\\\xff\"}\n"));
}
END_TEST

Suite *suite_base_log(void);
Suite *suite_base_log(void)
{
    Suite *s = suite_create("base/log");
    TCase *t = tcase_create("log");
    tcase_add_test(t, test_text_lines_name_the_program_and_the_level);
    tcase_add_test(t, test_a_name_cannot_steer_the_terminal);
    tcase_add_test(t, test_json_lines_are_escaped);
    suite_add_tcase(s, t);
    return s;
}
