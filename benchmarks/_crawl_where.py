"""Where each millisecond of a crawl goes: a night with a stopwatch on each stage, as a process of its own.

`python -m benchmarks._crawl_where SITE ARCHIVE` crawls as `tidslager crawl` does and prints milliseconds of CPU by
stage, JSON. The stages are timed from outside, on the thread that does the work; what no stage has is "rest".
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archive.lock import writer_lock
from archive.store import Archive
from schemas.capture import Capture
from schemas.reading import Reading
from scraper import sites
from scraper.clock import SystemClock
from scraper.crawl import crawl
from scraper.fetch import Fetcher
from scraper.guard import Guard

STAGES = ("start", "fetch", "keep", "hand over", "parse (child)", "record", "commit", "seal", "rest")


class Stopwatch:
    """CPU seconds by stage; a stage within another is not counted twice."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._within = [0.0]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what the calling thread does inside as this stage's. For one thread at a time."""
        began = time.thread_time()
        self._within.append(0.0)
        try:
            yield
        finally:
            took = time.thread_time() - began
            self.spent[name] += took - self._within.pop()
            self._within[-1] += took

    def timed(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        """The same act, timed."""

        def wrapped(*given: Any, **named: Any) -> Any:
            with self.stage(name):
                return act(*given, **named)

        return wrapped


def measure(site_file: Path, path: Path) -> dict[str, float]:
    """Crawl once; CPU seconds by stage of this process and of the guard's child."""
    spent = {"start": time.process_time()}
    watch, beside = Stopwatch(), Stopwatch()
    site, clock = sites.find_site(str(site_file)), SystemClock()
    fetcher = Fetcher(site, clock, rng=random.Random(1))
    visit = fetcher.visit

    def visited(*given: Any) -> Iterator[Capture]:
        captures = visit(*given)
        while True:
            with watch.stage("fetch"):
                capture = next(captures, None)
            if capture is None:
                return
            yield capture

    fetcher.visit = visited  # type: ignore[method-assign, assignment]
    with writer_lock(path), watch.stage("start"):
        archive = Archive(path)
    with archive, Guard.of(site) as guard:
        stages = {"keep": "keep", "finish_run": "seal", "begin_run": "start"}
        stages |= dict.fromkeys(("record", "name_page", "seen_again", "record_again"), "record")
        for method, stage in stages.items():
            setattr(archive, method, watch.timed(stage, getattr(archive, method)))
        archive.database.commit = watch.timed("commit", archive.database.commit)  # type: ignore[method-assign]

        def read(capture: Capture, layout: str) -> Reading:
            with beside.stage("hand over"):
                return guard.read(capture, layout)

        crawl(site, archive, fetcher, clock, version="0", watch=lambda *_: None, read=read)
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent["start"] += watch.spent.pop("start")
    spent |= watch.spent | beside.spent
    spent["rest"] = time.process_time() - sum(spent.values())
    spent["parse (child)"] = child.ru_utime + child.ru_stime
    # A stage that a night has no need of, such as parsing what is as it was, took no time.
    return {stage: spent.get(stage, 0.0) for stage in STAGES}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1]), Path(sys.argv[2]))))
