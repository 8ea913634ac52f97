"""Yardstick `crawl`: the whole job (fetch, read, compare, store) on a thousand pages, unpaced, against Scrapy.

Each program is a process of its own and goes over the same pages on the same nginx, in the same run; CPU and memory are
those of its whole process tree, as the system counts them. Scrapy keeps less: no request, no revision, no changes.
Two more nights are crawled with a stopwatch on each stage, and a year of nights over a few pages shows what grows.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks._crawl_pages import PAGES, write_pages
from benchmarks._crawl_where import STAGES
from tests.nginx import Nginx, find_nginx

NAME = "crawl"
ROUNDS = int(os.environ.get("TIDSLAGER_BENCH_ROUNDS", "3"))
NIGHTS = int(os.environ.get("TIDSLAGER_BENCH_NIGHTS", "365"))
_YEARS_PAGES = 20
_SITE = """
name = "bench"
start = ["http://bench.test/start.html"]
delay_s = 0
[connect_to]
"bench.test:80" = "127.0.0.1:{port}"
[limits]
pages = 5000
"""


class Cost(NamedTuple):
    """What one crawl took."""

    wall_s: float
    cpu_s: float
    megabytes: float


def run() -> str:
    """Measure, and return the table. Raises AssertionError when a program did not keep every page."""
    program = find_nginx()
    assert program is not None, "The yardstick needs nginx (Debian package nginx-light): install it and run again."
    costs: dict[str, list[Cost]] = {}
    with TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "root").mkdir()
        total = write_pages(here / "root")
        with Nginx(program, here / "root", here / "nginx", log=False) as nginx:
            for number in range(ROUNDS):
                _round(here, nginx, number, costs)
            where = _where(here)
            growth = _year(here, nginx)
    return f"{_table(costs, total)}\n{where}\n{growth}"


def _where(here: Path) -> str:
    """CPU by stage, on a first night and on one on which nothing changed."""
    command = [sys.executable, "-m", "benchmarks._crawl_where", str(here / "bench.toml"), str(here / "where.db")]
    nights = [json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout) for _ in range(2)]
    lines = [f"{'CPU ms/page by stage':28}{'first':>9}{'nothing changed':>18}"]
    for stage in STAGES:
        first, second = (night[stage] * 1000 / PAGES for night in nights)
        lines.append(f"  {stage:26}{first:9.2f}{second:18.2f}")
    return "\n".join(lines)


def _year(here: Path, nginx: Nginx) -> str:
    """What the last nights of a year cost, over the first few pages of the site."""
    site = here / "year.toml"
    site.write_text(_SITE.format(port=nginx.port).replace("pages = 5000", f"pages = {_YEARS_PAGES}"), "utf-8")
    command = [sys.executable, "-m", "benchmarks._crawl_year", str(site), str(here / "year.db"), str(NIGHTS)]
    ratio = float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return f"night {NIGHTS} / night 2, {_YEARS_PAGES} pages: CPU {ratio:.2f} (goal 1.10)"


def _round(here: Path, nginx: Nginx, number: int, costs: dict[str, list[Cost]]) -> None:
    """Each program once, in an order that moves on from round to round."""
    site = here / "bench.toml"
    site.write_text(_SITE.format(port=nginx.port), "utf-8")
    ours = here / f"ours{number}.db"
    night = [sys.executable, "-m", "scraper", "crawl", str(site), "--archive", str(ours), "--quiet", "--json"]
    start = f"http://127.0.0.1:{nginx.port}/start.html"
    programs: dict[str, Callable[[], Cost]] = {
        "tidslager": partial(_measure, night, ours, "SELECT count(*) FROM revisions"),
    }
    for reader in ("parsel", "selectolax"):
        database = here / f"{reader}{number}.db"
        command = [sys.executable, "-m", "benchmarks._crawl_peer", reader, start, str(database)]
        programs[f"scrapy + {reader}"] = partial(_measure, command, database, "SELECT count(*) FROM pages")
    turn = number % len(programs)
    names = list(programs)
    for name in (*names[turn:], *names[:turn]):
        costs.setdefault(name, []).append(programs[name]())
        if name == "tidslager":
            unchanged = _measure(night, ours, "SELECT count(*) FROM readings WHERE revision_id IS NOT NULL", nights=2)
            costs.setdefault("tidslager, nothing changed", []).append(unchanged)


def _measure(command: list[str], database: Path, question: str, *, nights: int = 1) -> Cost:
    """Run a crawl as a process of its own, and see that it kept all pages."""
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, f"{command} ended with {child.returncode}"
    connection = sqlite3.connect(database)
    (kept,) = connection.execute(question).fetchone()
    connection.close()
    assert kept == (PAGES + 1) * nights, f"{command} kept {kept} pages"
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _table(costs: dict[str, list[Cost]], total: int) -> str:
    """Medians, and the medians of the ratios round by round, for the machine is a noisy one."""
    lines = [
        f"{PAGES} pages of {total // PAGES / 1000:.0f} kB on nginx, {ROUNDS} rounds, medians",
        f"{'':28}{'pages/s':>9}{'CPU ms/page':>13}{'peak MB':>9}",
    ]
    for name, found in costs.items():
        pages_s = _median([PAGES / cost.wall_s for cost in found])
        cpu = _median([cost.cpu_s * 1000 / PAGES for cost in found])
        lines.append(f"{name:28}{pages_s:9.0f}{cpu:13.2f}{_median([cost.megabytes for cost in found]):9.0f}")
    for name, peer, goals in (
        ("tidslager", "scrapy + parsel", "goals 3.0, 0.35, 0.40"),
        ("tidslager", "scrapy + selectolax", "goal 1.3"),
        ("tidslager, nothing changed", "tidslager", "goal: CPU 0.60"),
    ):
        pairs = list(zip(costs[name], costs[peer], strict=True))
        speed = _median([theirs.wall_s / ours.wall_s for ours, theirs in pairs])
        cpu = _median([ours.cpu_s / theirs.cpu_s for ours, theirs in pairs])
        memory = _median([ours.megabytes / theirs.megabytes for ours, theirs in pairs])
        lines.append(f"{name} / {peer}: pages/s {speed:.2f}, CPU {cpu:.2f}, memory {memory:.2f} ({goals})")
    return "\n".join(lines)
