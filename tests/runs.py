"""Whole runs against the pretend agency, for tests that look at what a run leaves behind."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from archive.store import Archive
from scraper import parse
from scraper.crawl import crawl
from scraper.fetch import Fetcher
from scraper.reading import ReadPage
from scraper.summary import Summary
from tests.agency.server import Agency
from tests.builders import night
from tests.clocks import FakeClock


def crawl_agency(
    agency: Agency, path: Path, number: int, *, shown: int | None = None, read: ReadPage = parse.read, **settings: Any
) -> Summary:
    """Crawl the agency as it is on a night, at that night's hour, into the archive at `path`.

    `shown` is the night that the agency shows, where that is another.
    """
    agency.night = shown or number
    site = replace(agency.site(), **settings)
    clock = FakeClock(night(number))
    with Archive(path) as archive:
        fetcher = Fetcher(site, clock, rng=random.Random(number))
        return crawl(site, archive, fetcher, clock, version="0", watch=lambda *_: None, read=read)


def results(summary: Summary) -> dict[str, str]:
    """What came of each page of a run, by the last part of its address."""
    return {look.address.rpartition("/")[2]: look.result for look in summary.looks}
