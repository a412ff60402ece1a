/* SPDX-License-Identifier: PostgreSQL */
#include "lib/servers.h"

#include "base/clock.h"
#include "base/fs.h"
#include "io/filter.h"
#include "lib/bytes.h"
#include "lib/runner.h"

#include <check.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BACKLOG = 16, READY_US = 15000000 };

/* ---- sockets -----------------------------------------------------------------------------------
 */

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* A socket that listens on a free port. */
static int listen_somewhere(int *port)
{
    struct sockaddr_in at = loopback(0);
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, n), 0);
    ck_assert_int_eq(listen(fd, BACKLOG), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static int connect_to(int port)
{
    struct sockaddr_in at = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static int free_port(void)
{
    int port;
    (void)close(listen_somewhere(&port));
    return port;
}

static void wait_until_ready(const struct server *s)
{
    int64_t until_us = clock_mono_us() + READY_US;
    int fd = -1;
    while (fd < 0 && clock_mono_us() < until_us) {
        (void)poll(NULL, 0, 20);
        fd = connect_to(s->port);
    }
    ck_assert_msg(fd >= 0, "the server does not listen on port %d", s->port);
    (void)close(fd);
}

static void start(struct server *s, struct room *room, const char *const *argv)
{
    struct err e = {0};
    struct spawn how = {.argv = argv, .out = PROC_NULL, .err = PROC_NULL};
    ck_assert_msg(proc_start(&how, &s->proc, &e), "%s", e.text);
    s->url = arena_printf(room->a, "http://127.0.0.1:%d", s->port);
    wait_until_ready(s);
}

void server_stop(struct server *s)
{
    enum { GRACE_US = 5000000 };
    if (s->proc.started)
        (void)proc_stop(&s->proc, SIGTERM, GRACE_US);
    proc_cleanup(&s->proc);
}

/* ---- nginx -------------------------------------------------------------------------------------
 */

bool server_nginx(struct server *s, struct room *room, const char *name, const char *more)
{
    static const char program[] = "/usr/sbin/nginx";
    *s = (struct server){.port = free_port(), .root = fs_join(room->a, room->dir, name)};
    if (access(program, X_OK) != 0) {
        runner_skip("nginx is not installed");
        return false;
    }
    MUST_RUN(room, "mkdir", s->root);
    const char *text = arena_printf(
        room->a,
        "daemon off;\nmaster_process off;\npid %s.pid;\nerror_log /dev/null;\n"
        "events { worker_connections 64; }\n"
        "http { access_log off; client_body_temp_path %s.tmp; proxy_temp_path %s.tmp;\n"
        "fastcgi_temp_path %s.tmp; uwsgi_temp_path %s.tmp; scgi_temp_path %s.tmp;\n"
        "server { listen 127.0.0.1:%d; root %s; %s } }\n",
        s->root, s->root, s->root, s->root, s->root, s->root, s->port, s->root, more);
    const char *conf = room_file(room, arena_printf(room->a, "%s.conf", name), text);
    start(s, room, (const char *const[]){program, "-p", room->dir, "-c", conf, NULL});
    return true;
}

/* ---- S3 ----------------------------------------------------------------------------------------
 */

bool server_s3(struct server *s, struct room *room)
{
    static const char program[] = "build/servers/node_modules/s3rver/bin/s3rver.js";
    *s = (struct server){.port = free_port(), .root = fs_join(room->a, room->dir, "s3")};
    if (access(program, R_OK) != 0) {
        runner_skip("s3rver is not installed (tests/servers/install)");
        return false;
    }
    MUST_RUN(room, "mkdir", s->root);
    const char *port = arena_printf(room->a, "%d", s->port);
    start(s, room,
          (const char *const[]){"node", program, "-s", "-d", s->root, "-a", "127.0.0.1", "-p", port,
                                "--configure-bucket", "backups", NULL});
    return true;
}

/* Where s3rver keeps an object and what it knows of it. */
void server_s3_put(const struct server *s, struct room *room, const char *key, const char *path,
                   int64_t age_s)
{
    struct err e = {0};
    char md5[FILTER_MD5_HEX_BYTES];
    CLEANUP(buf_cleanup) struct buf bytes = {0};
    const char *base = arena_printf(room->a, "%s/backups/%s", s->root, key);
    CLEANUP(source_cleanup)
    struct source *in = filter_md5(room->a, source_file(room->a, path, &e), md5);
    ck_assert_msg(in != NULL && bytes_slurp(in, 0, &bytes, &e), "%s", e.text);
    const char *dir = arena_strndup(room->a, base, (size_t)(strrchr(base, '/') - base));
    const struct {
        const char *suffix;
        struct slice text;
    } files[] = {{"_object", {buf_text(&bytes), bytes.n}},
                 {"_object.md5", slice_of(md5)},
                 {"_metadata.json", slice_of("{\"content-type\":\"binary/octet-stream\"}")}};
    ck_assert_msg(fs_make_dirs(dir, 0755, &e), "%s", e.text);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        const char *file = arena_printf(room->a, "%s._S3rver%s", base, files[i].suffix);
        struct timespec times[2] = {{.tv_sec = time(NULL) - age_s}, {.tv_sec = time(NULL) - age_s}};
        ck_assert_msg(fs_write_file(room->a, file, 0644, files[i].text, &e), "%s", e.text);
        ck_assert_int_eq(utimensat(AT_FDCWD, file, times, 0), 0);
    }
}

/* ---- the go-between ----------------------------------------------------------------------------
 */

/* Bytes from one side to the other; false at the end. */
static bool hand_on(int from, int to, size_t *left)
{
    char bytes[16 * 1024];
    size_t most = *left < sizeof bytes ? *left : sizeof bytes;
    ssize_t n = recv(from, bytes, most, 0);
    if (n <= 0 || send(to, bytes, (size_t)n, MSG_NOSIGNAL) != n)
        return false;
    *left -= (size_t)n;
    return *left > 0;
}

static void connect_through(struct cutter *c, int client)
{
    bool cuts = c->n_cut < c->n_cuts;
    size_t left = cuts ? c->cut_bytes : SIZE_MAX, any = SIZE_MAX;
    int server = connect_to(c->ports[cuts ? 0 : 1]);
    struct pollfd fds[] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
    for (bool on = server >= 0; on && poll(fds, 2, -1) > 0;) {
        if (fds[0].revents != 0)
            on = hand_on(client, server, &any);
        if (on && fds[1].revents != 0)
            on = hand_on(server, client, &left);
    }
    c->n_cut += left == 0;
    if (server >= 0)
        (void)close(server);
}

static void *serve(void *cutter)
{
    struct cutter *c = cutter;
    for (int fd = accept(c->fd, NULL, NULL); fd >= 0; fd = accept(c->fd, NULL, NULL)) {
        connect_through(c, fd);
        (void)close(fd);
    }
    return NULL;
}

void cutter_start(struct cutter *c, struct room *room)
{
    int port;
    c->fd = listen_somewhere(&port);
    c->url = arena_printf(room->a, "http://127.0.0.1:%d", port);
    ck_assert_int_eq(pthread_create(&c->thread, NULL, serve, c), 0);
}

void cutter_stop(struct cutter *c)
{
    (void)shutdown(c->fd, SHUT_RDWR);
    ck_assert_int_eq(pthread_join(c->thread, NULL), 0);
    (void)close(c->fd);
}
