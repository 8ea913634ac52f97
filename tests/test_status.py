"""Is all well? What `tidslager status` tells a person and, by its exit code, a monitor."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.listing import status_text
from schemas.errors import ConfigurationError
from scraper.tending import age
from tests.agency import nightly, truth
from tests.agency.server import SITE_FILE, Agency
from tests.agency.trouble import Trouble, challenge, shorn
from tests.builders import night
from tests.clocks import FakeClock
from tests.runs import crawl_agency
from tests.shell import Ran, tidslager

LAUNDRY = (truth.EXAMPLE_HOST, truth.LAUNDRY)
HUB = (truth.HUB_HOST, truth.HUB)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the hour at which `status` is asked."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr("scraper.tending.SystemClock", lambda: FakeClock(moment))

    return set_to


def status(path: Path, *options: str) -> Ran:
    """`tidslager status`."""
    return tidslager("status", "--archive", str(path), *options)


def test_all_is_well_after_an_ordinary_night(agency: Agency, path: Path, at: Callable[[datetime], None]) -> None:
    """Exit code 0 and the counts; a page that robots.txt forbids and one that is gone are well."""
    crawl_agency(agency, path, 1)
    crawl_agency(agency, path, 2)
    at(night(2) + timedelta(hours=20))
    ran = status(path, "--max-age", "36h")
    assert (ran.code, ran.err) == (0, "")
    assert "9 of 9 pages are well." in ran.out


@pytest.mark.parametrize(
    ("well", "sentence"),
    [((1,), "1 of 1 page is well."), ((0,), "0 of 1 page is well."), ((1, 0), "1 of 2 pages is well.")],
)
def test_one_page_is_told_in_the_singular(well: tuple[int, ...], sentence: str) -> None:
    """The sentence with the counts is English whatever they are."""
    empty = dict.fromkeys(("last_good_look", "age_hours", "trouble", "entry", "state", "last_outcome"))
    rows = [{"page": 1, "title": "T", "address": "a", "well": one, **empty} for one in well]
    assert status_text(rows, (), 80).endswith(sentence)


def test_a_page_not_seen_for_too_long_is_told(agency: Agency, path: Path, at: Callable[[datetime], None]) -> None:
    """Past --max-age every page is in trouble, with the age of its last good look."""
    crawl_agency(agency, path, 1)
    at(night(1) + timedelta(hours=48))
    assert status(path).code == 0
    ran = status(path, "--max-age", "1.5d")
    assert ran.code == 3
    assert "48 h ago" in ran.out
    rows = json.loads(status(path, "--max-age", "36h", "--json").out)
    assert {row["age_hours"] for row in rows if row["state"]} == {48.0}


def test_a_long_silence_is_told_in_days(agency: Agency, path: Path, at: Callable[[datetime], None]) -> None:
    """Hours up to three days, then days; the rows for a monitor have hours always."""
    crawl_agency(agency, path, 1)
    at(night(1) + timedelta(days=30, hours=3))
    assert "30 days ago" in status(path, "--max-age", "36h").out


def test_open_trouble_has_a_beginning_and_a_count(agency: Agency, path: Path, at: Callable[[datetime], None]) -> None:
    """Nights of failures are one episode: since when, how many looks, the reason of the last; over with a good look."""
    crawl_agency(agency, path, 1)
    for number, trouble in enumerate([Trouble(status=500, times=None), challenge(times=None)], 2):
        agency.trouble[LAUNDRY] = trouble
        crawl_agency(agency, path, number, shown=1)
    at(night(3) + timedelta(hours=1))
    ran = status(path, "--json")
    assert ran.code == 3
    (row,) = [row for row in json.loads(ran.out) if not row["well"]]
    assert (row["page"], row["doubt"], row["trouble_looks"]) == (2, "challenge", 2)
    assert (row["trouble_since"][:10], row["last_good_look"][:10]) == ("2026-03-02", "2026-03-01")
    assert f"tidslager quarantine show {row['entry']}" in status(path).out
    agency.trouble.clear()
    crawl_agency(agency, path, 4, shown=1)
    assert status(path).code == 0


def test_a_look_that_is_dated_in_the_future_hides_no_silence(
    agency: Agency, path: Path, at: Callable[[datetime], None]
) -> None:
    """A night whose clock was years ahead: what counts is the last good look before now, as on any night."""
    crawl_agency(agency, path, 1)
    crawl_agency(agency, path, 3000, shown=1)
    crawl_agency(agency, path, 2, shown=1)
    at(night(2) + timedelta(hours=20))
    assert status(path, "--max-age", "36h").code == 0
    at(night(2) + timedelta(hours=37))
    ran = status(path, "--max-age", "36h")
    assert ran.code == 3
    assert "last good look 2026-03-02 02:10 UTC, 37 h ago" in ran.out


def test_a_changed_layout_has_its_own_exit_code(agency: Agency, path: Path) -> None:
    """A run that finds the layout changed says so and ends with 4, and status answers 4 after it."""
    crawl_agency(agency, path, 1)
    agency.trouble[HUB] = shorn(nightly.page_without_noise(1, *HUB), 2)
    crawl_agency(agency, path, 2, shown=1)
    ran = status(path)
    assert ran.code == 4
    assert "drift" in ran.out
    crawled = tidslager(
        "crawl", str(SITE_FILE), "--archive", str(path), "--connect-to", f"::127.0.0.1:{agency.port}", "--quiet"
    )
    assert crawled.code == 4
    assert "The layout changed: nothing that is missing is called removed." in crawled.out
    assert "sections; the site file expects at least" in crawled.out


@pytest.mark.parametrize(("text", "span"), [("90m", 1.5), ("36h", 36), ("2d", 48), ("0.5d", 12)])
def test_spans_are_written_short(text: str, span: float) -> None:
    """Minutes, hours, days."""
    assert age(text) == timedelta(hours=span)


@pytest.mark.parametrize("text", ["36", "h", "-1h", "1w", ""])
def test_a_span_that_is_none_says_how_to_write_one(text: str) -> None:
    """The message names the ways that there are."""
    with pytest.raises(ConfigurationError, match="36h"):
        age(text)
