/* SPDX-License-Identifier: PostgreSQL */
#include "lib/answers.h"

#include <check.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Reads up to the empty line; the client waits for us behind it. */
static void read_request(int fd, char *text)
{
    size_t n = 0;
    while (n < ANSWER_REQUEST_BYTES - 1) {
        ssize_t some = recv(fd, text + n, ANSWER_REQUEST_BYTES - 1 - n, 0);
        if (some <= 0)
            break;
        n += (size_t)some;
        text[n] = '\0';
        if (strstr(text, "\r\n\r\n") != NULL)
            break;
    }
    text[n] = '\0';
}

static void send_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t some = send(fd, bytes, n, MSG_NOSIGNAL);
        if (some <= 0)
            return;
        bytes += some;
        n -= (size_t)some;
    }
}

static void give(int fd, const struct answer_line *line)
{
    char byte;
    send_all(fd, line->head, strlen(line->head));
    send_all(fd, "\r\n", line->head[0] == '\0' ? 0 : 2);
    send_all(fd, line->body.p, line->body.n);
    if (line->stall)
        (void)recv(fd, &byte, 1, 0);
}

static void *serve(void *server)
{
    struct answers *s = server;
    for (int fd = accept(s->fd, NULL, NULL); fd >= 0; fd = accept(s->fd, NULL, NULL)) {
        if (s->asked < s->n && s->asked < ANSWERS_MAX) {
            read_request(fd, s->requests[s->asked]);
            give(fd, &s->script[s->asked++]);
        }
        (void)shutdown(fd, SHUT_WR);
        (void)close(fd);
    }
    return NULL;
}

void answers_start(struct answers *s, const struct answer_line *script, size_t n)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    *s = (struct answers){.script = script, .n = n, .fd = socket(AF_INET, SOCK_STREAM, 0)};
    ck_assert_int_ge(s->fd, 0);
    ck_assert_int_eq(bind(s->fd, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(listen(s->fd, ANSWERS_MAX), 0);
    ck_assert_int_eq(getsockname(s->fd, (struct sockaddr *)&at, &size), 0);
    (void)snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", ntohs(at.sin_port));
    ck_assert_int_eq(pthread_create(&s->thread, NULL, serve, s), 0);
}

void answers_stop(struct answers *s)
{
    (void)shutdown(s->fd, SHUT_RDWR); /* wakes the accept */
    ck_assert_int_eq(pthread_join(s->thread, NULL), 0);
    (void)close(s->fd);
}
