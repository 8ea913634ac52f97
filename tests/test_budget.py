"""A run stops where its budget does, and says so."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from archive.file import open_for_reading
from schemas.errors import ConfigurationError
from schemas.site import Budget, Limits, decode_site
from scraper.budget import Allowance, allowed
from scraper.report import report
from scraper.summary import EXIT_CODES
from tests.agency.server import Agency
from tests.clocks import START, FakeClock
from tests.runs import crawl_agency


def test_megabytes() -> None:
    """As long as less was received than allowed, more may be asked for."""
    allowance = Allowance(Budget(megabytes=1), FakeClock())
    allowance.take(999_999)
    assert not allowance.refuses()
    assert allowance.stopped is None
    allowance.take(1)
    assert allowance.refuses()
    assert allowance.stopped == "Stopped by the budget: 1 MB were received (budget.megabytes)."


def test_minutes() -> None:
    """Time counts from the run's beginning; a request that could only begin after the end is not waited for."""
    clock = FakeClock()
    allowance = Allowance(Budget(minutes=2), clock)
    clock.sleep(100)
    assert not allowance.refuses(20)
    assert allowance.refuses(21)
    assert "the 2 minutes of the run are up" in (allowance.stopped or "")


def test_no_limit() -> None:
    """Nought is no limit."""
    clock = FakeClock()
    allowance = Allowance(Budget(megabytes=0, minutes=0), clock)
    allowance.take(10**12)
    clock.sleep(10**6)
    assert not allowance.refuses()


@pytest.mark.parametrize(
    ("hours", "clock", "may"),
    [
        ("01:00-05:00", "00:59", False),
        ("01:00-05:00", "01:00", True),
        ("01:00-05:00", "04:59", True),
        ("01:00-05:00", "05:00", False),
        ("22:00-06:00", "23:30", True),
        ("22:00-06:00", "05:59", True),
        ("22:00-06:00", "12:00", False),
        ("00:00-00:00", "12:00", True),
    ],
)
def test_hours(hours: str, clock: str, *, may: bool) -> None:
    """Hours may span midnight; the end is not within."""
    assert allowed(hours, datetime.fromisoformat(f"2026-03-02T{clock}")) is may


def test_hours_are_those_of_the_zone() -> None:
    """01:00 UTC on a winter's night is 02:00 in Stockholm."""
    assert not Allowance(Budget(hours="02:00-03:00", zone="Europe/Stockholm"), FakeClock(START)).refuses()
    allowance = Allowance(Budget(hours="01:00-02:00", zone="Europe/Stockholm"), FakeClock(START))
    assert allowance.refuses()
    assert "it is 02:00 Europe/Stockholm" in (allowance.stopped or "")


@pytest.mark.parametrize("setting", ['hours = "25:00-06:00"', 'hours = "22-06"', "minutes = -1"])
def test_what_cannot_be_set(setting: str) -> None:
    """A budget that means nothing is refused where it is read."""
    with pytest.raises(ConfigurationError):
        decode_site(f'name = "a"\nstart = ["http://a.example/"]\n[budget]\n{setting}', "a.toml")


def test_unknown_zone() -> None:
    """A time zone that does not exist is refused before anything is asked."""
    with pytest.raises(ConfigurationError, match="no time zone"):
        Allowance(Budget(zone="Mitt/Land"), FakeClock())


def test_a_run_outside_its_hours_asks_nothing(agency: Agency, path: Path) -> None:
    """Not even robots.txt is asked for; the run is partial and says why."""
    summary = crawl_agency(agency, path, 1, budget=Budget(hours="12:00-13:00"))
    assert (summary.status, EXIT_CODES[summary.status], summary.looks, agency.log) == ("partial", 3, (), [])
    assert len(summary.left) == 1
    assert "Stopped by the budget: it is 02:10 UTC" in report(summary, path, default=path, width=100)


def test_a_run_that_uses_up_its_time(agency: Agency, path: Path) -> None:
    """What was read is kept, nothing more is asked for, and the archive knows how many addresses were left."""
    crawl_agency(agency, path, 1)
    asked = len(agency.log)
    agency.log.clear()
    summary = crawl_agency(agency, path, 2, budget=Budget(megabytes=0, minutes=1), delay_s=25.0)
    assert summary.status == "partial"
    assert 0 < len(agency.log) < asked
    assert summary.left
    assert not summary.shortfalls
    database = open_for_reading(path)
    ((kept,),) = database.execute("SELECT summary FROM runs ORDER BY id DESC LIMIT 1").fetchall()
    assert f'"not_reached":{len(summary.left)}' in kept
    assert database.execute("SELECT count(*) FROM changes WHERE kind = 'removed' AND what = 'page'").fetchone()[0] == 0
    database.conn.close()


def test_the_limit_of_pages_is_told(agency: Agency, path: Path) -> None:
    """A run that leaves pages for another is partial and says so."""
    summary = crawl_agency(agency, path, 1, limits=Limits(pages=3))
    assert (summary.status, summary.stopped) == ("partial", "Stopped after 3 pages (limits.pages).")
    assert len(summary.left) == 5
    told = f"Not looked at: 5 known addresses, {summary.left[0]} first."
    assert told in report(summary, path, default=path, width=100)
