"""Whole runs against the pretend agency, for tests that look at what a run leaves behind."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from archive.store import Archive
from scraper.crawl import crawl
from scraper.fetch import Fetcher
from scraper.summary import Summary
from tests.agency.server import Agency
from tests.builders import night
from tests.clocks import FakeClock


def crawl_agency(agency: Agency, path: Path, number: int, **settings: Any) -> Summary:
    """Crawl the agency as it is on a night, at that night's hour, into the archive at `path`."""
    agency.night = number
    site = replace(agency.site(), **settings)
    clock = FakeClock(night(number))
    with Archive(path) as archive:
        fetcher = Fetcher(site, clock, rng=random.Random(number))
        return crawl(site, archive, fetcher, clock, version="0", watch=lambda *_: None)


def results(summary: Summary) -> dict[str, str]:
    """What came of each page of a run, by the last part of its address."""
    return {look.address.rpartition("/")[2]: look.result for look in summary.looks}
