"""Guards: what was kept is read anew within the limits of its own site, by whatever command."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from archive.file import open_for_reading
from schemas.reading import Bounds, Rules
from schemas.site import Limits
from scraper.guard import Guard
from scraper.guards import Guards
from scraper.upgrading import of_today
from tests.agency.server import Agency
from tests.builders import night
from tests.clocks import FakeClock
from tests.runs import crawl_agency
from tests.shell import tidslager
from tests.test_guard import GOOD

NARROW = Limits(record_bytes=200)


def verdicts(path: Path) -> set[tuple[str, str]]:
    """What came of reading each page, by site."""
    with closing(open_for_reading(path).conn) as connection:
        query = (
            "SELECT p.site, g.verdict FROM readings g JOIN captures c ON c.id = g.capture_id"
            " JOIN pages p ON p.id = c.page_id WHERE c.outcome = 'fetched'"
        )
        return set(connection.execute(query).fetchall())


def two_sites(agency: Agency, path: Path) -> set[tuple[str, str]]:
    """An archive of a site whose pages are over its limit and of one whose pages are not; what came of them."""
    for name, limits in (("narrow", NARROW), ("wide", Limits())):
        site = replace(agency.site(), limits=limits)
        with Guard.of(site) as guard:
            crawl_agency(agency, path, 1, name=name, limits=limits, read=guard.read)
    return verdicts(path)


@pytest.mark.parametrize("by", ["rebuild", "upgrade"])
def test_each_site_is_read_anew_within_its_own_limits(agency: Agency, path: Path, by: str) -> None:
    """A limit that a site file sets holds for what is read later: a failure stays one, and a page stays a page."""
    was = two_sites(agency, path)
    assert was == {("narrow", "unparsable"), ("wide", "page")}
    if by == "rebuild":
        assert tidslager("rebuild", "--archive", str(path)).code == 0
    else:
        with closing(sqlite3.connect(path)) as by_hand:
            by_hand.execute("PRAGMA user_version = 7")
        of_today(path, FakeClock(night(2))).close()
    assert verdicts(path) == was


def test_sites_with_the_same_limits_share_a_guard() -> None:
    """The rest of their rules is the reading's; what one child holds serves both."""
    with Guards() as guards:
        for rules in (Rules(), Rules(people=True), Rules(limits=Bounds(record_bytes=200))):
            reading = guards.read(GOOD, rules)
            assert reading is not None
            assert reading.verdict == ("page" if rules.limits == Bounds() else "unparsable")
        assert len(guards._guards) == 2
