# SPDX-License-Identifier: PostgreSQL
"""Throw-away servers of PostgreSQL's own tools, for the peers of a restore."""
import os
import shutil
import subprocess
import tempfile
import time

WORK = os.environ.get("BENCH_DIR", "/var/tmp")
TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of(pid):
    """Processor time of a process and of its children that have ended."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
    return sum(int(n) for n in fields[11:15]) / TICKS


class Server:
    """A cluster with the given settings, as lines of postgresql.conf."""

    def __init__(self, bindir, settings):
        self.bindir = bindir
        self.dir = tempfile.mkdtemp(prefix="pgr-bench-", dir=WORK)
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.dir, self.user)
        self.run("initdb", "-D", f"{self.dir}/data", "-A", "trust", "-U", "postgres", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync")
        with open(f"{self.dir}/data/postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write("\n".join(["", *settings, "listen_addresses = ''",
                                  f"unix_socket_directories = '{self.dir}'", ""]))
        self.run("pg_ctl", "-D", f"{self.dir}/data", "-l", f"{self.dir}/log", "-w", "start")
        with open(f"{self.dir}/data/postmaster.pid", encoding="utf-8") as file:
            self.pid = int(file.readline())

    def run(self, name, *words):
        subprocess.run([f"{self.bindir}/{name}", *words], check=True, stdout=subprocess.DEVNULL, user=self.user,
                       group=self.user, extra_groups=[] if self.user else None, cwd="/")

    def dsn(self, database="r"):
        return f"host={self.dir} port=5432 user=postgres dbname={database}"

    def psql(self, database, *words, **how):
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.dsn(database), *words], check=True,
                       stdout=subprocess.DEVNULL, **how)

    def empty(self, roles):
        """An empty database r, and roles that dumps do not carry."""
        self.psql("postgres", "-c", "SET client_min_messages = error", "-c", "DROP DATABASE IF EXISTS r",
                  "-c", "CREATE DATABASE r TEMPLATE template0", "-c", "CHECKPOINT")
        for role in roles:
            self.psql("postgres", "-c", f"DO $$BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN END$$")

    def timed(self, restore):
        """Wall-clock time of a restore into this server, and the processor time that it took the server."""
        began, busy = time.monotonic(), seconds_of(self.pid)
        result = restore()
        wall = time.monotonic() - began
        time.sleep(0.2)  # for the postmaster to see its last child end
        return wall, seconds_of(self.pid) - busy, result

    def by_psql(self, path):
        with subprocess.Popen(["gunzip", "-c", path], stdout=subprocess.PIPE) as gunzip:
            self.psql("r", stdin=gunzip.stdout)

    def by_pg_restore(self, path, jobs):
        subprocess.run(["pg_restore", "-d", self.dsn(), "--exit-on-error", "-j", str(jobs), path], check=True)

    def stop(self):
        self.run("pg_ctl", "-D", f"{self.dir}/data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.dir)
