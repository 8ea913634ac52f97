"""A year of nights over a small site on which nothing changed, in one archive: what the last nights cost of the first.

`python -m benchmarks._crawl_year SITE ARCHIVE NIGHTS` prints the ratio of the CPU of the last five nights to that of
nights 2 to 6. The pages are read in this process, so that the child's start does not hide what grows.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from archive.store import Archive
from scraper import sites
from scraper.crawl import crawl
from scraper.fetch import Fetcher
from tests.builders import night
from tests.clocks import FakeClock

_FEW = 5


def year(site_file: Path, path: Path, nights: int) -> float:
    """CPU of the last few nights by that of nights 2 to 6, medians."""
    site = sites.find_site(str(site_file))
    took = []
    for number in range(1, nights + 1):
        clock = FakeClock(night(number), tick=time.monotonic)
        with Archive(path) as archive:
            began = time.process_time()
            crawl(site, archive, Fetcher(site, clock, rng=random.Random(1)), clock, version="0", watch=lambda *_: None)
            took.append(time.process_time() - began)
    early, late = sorted(took[1 : _FEW + 1]), sorted(took[-_FEW:])
    return late[_FEW // 2] / early[_FEW // 2]


if __name__ == "__main__":
    sys.stdout.write(f"{year(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])):.3f}")
