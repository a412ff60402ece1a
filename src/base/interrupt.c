/* SPDX-License-Identifier: PostgreSQL */
#include "base/interrupt.h"

#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

bool interrupt_open(struct interrupt *intr, struct err *e)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return err_sys(e, "block signals");
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        return err_sys(e, "signalfd");
    *intr = (struct interrupt){.fd = fd, .open = true};
    return true;
}

void interrupt_cleanup(struct interrupt *intr)
{
    if (intr->open)
        (void)close(intr->fd);
    intr->open = false;
    intr->fd = -1;
}

int interrupt_fd(const struct interrupt *intr)
{
    if (intr == NULL || !intr->open || intr->masked || intr->signo != 0)
        return -1;
    return intr->fd;
}

bool interrupt_pending(struct interrupt *intr)
{
    if (intr == NULL || !intr->open)
        return false;
    struct signalfd_siginfo info;
    if (intr->signo == 0 && read(intr->fd, &info, sizeof info) == (ssize_t)sizeof info)
        intr->signo = (int)info.ssi_signo;
    return intr->signo != 0 && !intr->masked;
}

bool interrupt_check(struct interrupt *intr, struct err *e)
{
    if (!interrupt_pending(intr))
        return true;
    return err_set(e, ERR_INTERRUPTED, "interrupted by %s", strsignal(intr->signo));
}

void interrupt_mask(struct interrupt *intr)
{
    (void)interrupt_pending(intr);
    intr->masked = true;
}
