# SPDX-License-Identifier: PostgreSQL
"""Restores by pg_rehearse, psql and pg_restore, in turns, and the time to an empty server that is ready."""
import json
import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

from servers import WORK, Server, seconds_of

CORES = len(os.sched_getaffinity(0))
MIB = 1024 * 1024
MEMORY_LIMIT = 128 * MIB
READY_LIMIT = 0.4
ONE_PASS_LIMIT = 1.05
TINY = """--
-- PostgreSQL database dump
--

-- Dumped from database version 15.18
-- Dumped by pg_dump version 15.18

CREATE TABLE public.t (n integer);

--
-- PostgreSQL database dump complete
--

"""


@dataclass
class Way:
    """One way to restore, and what its rounds took."""
    name: str
    go: object
    wall: list = field(default_factory=list)    # seconds
    server: list = field(default_factory=list)  # of processor time of the server, where that is known
    client: list = field(default_factory=list)
    peak: int = 0                               # bytes
    report: dict = None                         # of the last round

    def median(self):
        return statistics.median(self.wall)

    def text(self):
        cpu = f"{statistics.median(self.server):8.2f}" if self.server else f"{'':8}"
        busy = ""
        if self.server and self.client:
            busy = sum(map(statistics.median, (self.server, self.client))) / self.median() / CORES
            busy = f"{100 * busy:6.0f} %"
        return f"{self.name:52}{min(self.wall):8.2f}{self.median():8.2f}{cpu}{busy:>8}"


@dataclass
class Ratio:
    """Peer over ours, by the medians."""
    name: str
    peer: Way
    ours: Way
    goal: float = 0  # least ratio; 0: none
    note: str = ""

    def figure(self):
        return self.peer.median() / self.ours.median()

    def met(self):
        return self.goal == 0 or self.figure() >= self.goal

    def text(self):
        goal = f"at least {self.goal:4.2f}: {'met' if self.met() else 'NOT MET'}" if self.goal else ""
        return f"{self.name:60}{self.figure():6.2f} times  {goal}{self.note}"


@dataclass
class Limit:
    """A figure that may not be above its limit."""
    name: str
    figure_: float
    limit: float
    unit: str

    def figure(self):
        return self.figure_

    def met(self):
        return self.figure_ <= self.limit

    def text(self):
        return (f"{self.name:60}{self.figure_:6.2f} {self.unit:6} at most {self.limit:.2f}: "
                f"{'met' if self.met() else 'NOT MET'}")


def watched(argv):
    """Runs one of our commands; gives its report, its processor time without that of its servers, its peak memory."""
    with tempfile.TemporaryDirectory(prefix="pgr-bench-") as folder:
        argv = [*argv, "--quiet", "--work-dir", WORK, "--report-dir", folder, "--report-html=false"]
        peak, busy = 0, 0.0
        with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as child:
            while child.poll() is None:
                try:
                    with open(f"/proc/{child.pid}/status", encoding="utf-8") as file:
                        peak = max([peak] + [int(x.split()[1]) * 1024 for x in file if x.startswith("VmHWM")])
                    busy = seconds_of(child.pid)
                except (OSError, IndexError):
                    pass
                time.sleep(0.02)
            said = child.stderr.read()
        try:
            with open(f"{folder}/latest/report.json", encoding="utf-8") as file:
                report = json.load(file)
        except OSError:
            raise SystemExit(f"{' '.join(argv)} wrote no report: {said}") from None
    if report["restore"]["n_errors"] or not report["restore"]["statements"]:
        raise SystemExit(f"{' '.join(argv)}: {report['conclusion']}")
    return report, busy, peak


def stage_seconds(report, name):
    return next(s["took_us"] for s in report["stages"] if s["name"] == name) / 1e6


class Bench:
    """Ours and the peers' restores of one database, into servers with the settings that ours has."""

    def __init__(self, program, target, roles):
        self.program, self.roles = program, roles
        # One pass for verify and restore, where the program has that command; else the stage of a rehearsal.
        self.has_command = subprocess.run([program, "restore", "--help"], stdout=subprocess.DEVNULL,
                                          stderr=subprocess.DEVNULL, check=False).returncode == 0
        tuned = [s for s in target["settings"] if not s.startswith("unix_socket_directories")]
        self.tuned = Server(target["bindir"], tuned)
        self.default = None
        try:
            self.default = Server(target["bindir"], [])
        finally:
            if self.default is None:
                self.tuned.stop()

    def stop(self):
        self.tuned.stop()
        self.default.stop()

    def peer(self, name, server, restore):
        def go(way):
            server.empty(self.roles)
            wall, cpu, _ = server.timed(restore)
            way.wall.append(wall)
            way.server.append(cpu)
        return Way(name, go)

    def alone(self, path, jobs):
        """The restore stage of a rehearsal, which has verified the file before."""
        return watched([self.program, "run", "--backup", path, "--users", "0", "--integrity-amcheck=false",
                        "--jobs", str(jobs), "--objectives-restore-time", "24h", "--objectives-recovery-time", "24h"])

    def ours(self, name, path, jobs, two_stages=False):
        def go(way):
            if self.has_command and not two_stages:
                self.tuned.empty([])
                command = [self.program, "restore", path, "--into", self.tuned.dsn(), "--jobs", str(jobs)]
                _, cpu, (way.report, busy, peak) = self.tuned.timed(lambda: watched(command))
                way.server.append(cpu)
                way.client.append(busy)
            else:
                way.report, _, peak = self.alone(path, jobs)
            way.wall.append(way.report["restore"]["took_us"] / 1e6)
            way.peak = max(way.peak, peak)
        return Way(name, go)


def measured(bench, gz, custom, rounds):
    """Every way once a round, each round beginning with another one; gives ways, ratios and limits."""
    tuned, default = bench.tuned, bench.default
    psql = bench.peer("gunzip | psql, default server", default, lambda: default.by_psql(gz))
    psql_tuned = bench.peer("gunzip | psql, tuned server", tuned, lambda: tuned.by_psql(gz))
    pg_restore = [bench.peer(f"pg_restore -j{n} of a custom archive, tuned server", tuned,
                             lambda n=n: tuned.by_pg_restore(custom, n)) for n in (1, 2, 4)]
    ours = {n: bench.ours(f"ours, plain gzip, {n} {'job' if n == 1 else 'jobs'}", gz, n) for n in sorted({1, 2, 4, CORES})}
    archive = bench.ours(f"ours, custom archive, {CORES} jobs", custom, CORES)
    alone = bench.ours(f"ours, plain gzip, {CORES} jobs, verified before", gz, CORES, two_stages=True)
    ways = [psql, psql_tuned, *pg_restore, *ours.values(), archive]
    ways += [alone] if bench.has_command else []
    for i in range(rounds):
        for way in ways[i % len(ways):] + ways[:i % len(ways)]:
            way.go(way)
            print(f"round {i + 1}: {way.name}: {way.wall[-1]:.2f} s", flush=True)
    best, mine = min(pg_restore, key=Way.median), ours[CORES]
    ratios = [
        Ratio("gunzip | psql into a default server, over ours", psql, mine, 1.9),
        Ratio("gunzip | psql into the tuned server, over ours", psql_tuned, mine, 1.6),
        Ratio(f"best of pg_restore ({best.name.split()[1]}), over ours from gzip", best, mine, 1.0, " (stretch: 1.18)"),
        Ratio("best of pg_restore, over ours from the same archive", best, archive),
    ]
    ratios += [Ratio(f"ours with 1 job, over ours with {n}", ours[1], ours[n]) for n in ours if n > 1]
    if bench.has_command:
        passes = mine.median() / alone.median()
        what = "verify and restore in one pass, over restore alone"
    else:
        passes = 1 + stage_seconds(mine.report, "verify") / mine.median()
        what = "verify, then restore (two passes), over restore alone"
    limits = [Limit(what, passes, ONE_PASS_LIMIT, "times"),
              Limit("peak memory of the client", max(w.peak for w in ways) / MIB, MEMORY_LIMIT / MIB, "MiB")]
    return ways, ratios, limits


def floor_text(ways):
    """What no restore of this dump on this machine goes below, as far as the figures tell."""
    lines = []
    serial = next(w for w in ways if w.name.endswith("1 job"))
    phases = {p["name"]: p["took_us"] / 1e6 for p in serial.report["restore"]["phases"]}
    lines.append("limit: on one connection " + ", ".join(f"{k} {v:.2f} s" for k, v in phases.items()) +
                 f"; {sum(phases.values()) / CORES:.2f} s were it spread evenly over {CORES} cores")
    slowest = [f"{s['name']} {s['took_us'] / 1e6:.2f} s" for s in serial.report["restore"]["slowest"][:3]]
    lines.append("limit: longest single statements: " + "; ".join(slowest))
    for way in ways:
        if way.server:
            need = statistics.median(way.server) + (statistics.median(way.client) if way.client else 0)
            lines.append(f"limit: {way.name}: {need:.2f} s of processor time, {need / CORES:.2f} s were all {CORES} "
                         f"cores busy throughout; took {way.median():.2f} s")
    return lines


def ready(program, folder, rounds=5):
    """Time to an empty server that answers: by initdb, and from the template; medians. Gives facts about it, too."""
    path = f"{folder}/tiny-restore.sql"
    with open(path, "w", encoding="utf-8") as out:
        out.write(TINY)
    took = {"false": [], "true": []}
    for _ in range(rounds + 1):
        for template, times in took.items():
            report, _, _ = watched([program, "run", "--backup", path, "--users", "0", "--cache-dir", f"{folder}/cache",
                                    f"--target-template={template}"])
            times.append(stage_seconds(report, "provision"))
    by_initdb, by_template = (statistics.median(times[1:]) for times in took.values())  # the first one makes it
    print(f"ready: {by_initdb:.2f} s by initdb, {by_template:.2f} s from the template (medians of {rounds})")
    limit = Limit("time to an empty server that is ready, from the template", by_template, READY_LIMIT, "s")
    return limit, report["target"]
