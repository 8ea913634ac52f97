"""Runs: what is looked at, what a failure does, and what a stopped run leaves behind."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import get_ident
from typing import Any

import click
import pytest
from msgspec.structs import replace

from archive import history
from archive.captures import Kept
from archive.file import open_for_reading
from archive.revisions import Reader, Recorded
from archive.store import Archive
from schemas.capture import Capture
from schemas.errors import ArchiveWriteError, ConfigurationError
from schemas.reading import Reading
from schemas.site import Floors, Limits
from scraper import parse
from scraper.addresses import host_of
from scraper.crawl import crawl
from scraper.fetch import Fetcher
from scraper.report import report
from scraper.summary import EXIT_CODES, Look, Summary
from tests.agency import nightly, truth
from tests.agency.server import Agency
from tests.agency.trouble import Trouble, busy, challenge, to_front
from tests.builders import night
from tests.clocks import FakeClock
from tests.runs import crawl_agency, results

LAUNDRY = (truth.EXAMPLE_HOST, truth.LAUNDRY)
HUB = (truth.HUB_HOST, truth.HUB)


def without_link(page: bytes, to: str) -> bytes:
    """A page whose links to an address have become plain words."""
    pattern = rb'<a [^>]*href="[^"]*' + re.escape(to.encode()) + rb'[^"]*"[^>]*>(.*?)</a>'
    without, count = re.subn(pattern, rb"\1", page, flags=re.DOTALL)
    assert count
    return without


def states(path: Path) -> list[tuple[int, str]]:
    """Page and state of every revision."""
    database = open_for_reading(path)
    found = database.execute("SELECT page_id, state FROM revisions ORDER BY page_id, seq").fetchall()
    database.conn.close()
    return found


FAILURES = {
    "busy for good": Trouble(status=503, times=None),
    "too many requests": busy(status=429, retry_after="86400", times=None),
    "server error": Trouble(status=500, body=b"<h1>Fel</h1>", times=None),
    "forbidden": Trouble(status=403, body=b"<h1>Nej</h1>", times=None),
    "empty reply": Trouble(empty=True, times=None),
    "short body": Trouble(missing=40, times=None),
    "led to the front page": Trouble(status=302, fields=(("Location", "/"),), times=None),
    "led out of scope": Trouble(status=302, fields=(("Location", "http://annan.example/"),), times=None),
    "another media type": Trouble(fields=(("Content-Type", "application/pdf"),), body=b"%PDF-1.4", times=None),
    "no content in it": Trouble(body=b"<!DOCTYPE html><title>x</title><body></body>", times=None),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_logged_and_changes_nothing(agency: Agency, path: Path, name: str) -> None:
    """Whatever goes wrong with a page: no revision, no change, one row in the log; and the next night is unchanged."""
    crawl_agency(agency, path, 1)
    before = states(path)
    agency.trouble[LAUNDRY] = FAILURES[name]
    summary = crawl_agency(agency, path, 1)
    assert states(path) == before
    (look,) = [look for look in summary.looks if look.page == 2]
    assert look.result not in ("unchanged", "changed", "gone")
    assert look.error
    agency.trouble.clear()
    assert crawl_agency(agency, path, 1).counts.keys() == {"unchanged", "not_allowed"}
    assert states(path) == before


@pytest.mark.parametrize("name", FAILURES)
def test_a_hub_that_fails_takes_nothing_with_it(agency: Agency, path: Path, name: str) -> None:
    """When the hub cannot be read, the pages that it used to link to are looked at all the same."""
    crawl_agency(agency, path, 1)
    before = states(path)
    agency.trouble[HUB] = FAILURES[name]
    summary = crawl_agency(agency, path, 1)
    assert states(path) == before
    assert summary.counts["unchanged"] == 6
    assert summary.status == ("drift" if name == "no content in it" else "partial")


def test_a_passing_failure_is_tried_again(agency: Agency, path: Path) -> None:
    """Two refusals and then the page: the page is read, and the capture says how often it was asked for."""
    agency.trouble[LAUNDRY] = busy(status=503, retry_after="7", times=2)
    assert results(crawl_agency(agency, path, 1))[truth.LAUNDRY.rpartition("/")[2]] == "new"
    database = open_for_reading(path)
    (attempts,) = database.execute("SELECT attempts FROM fetch_log WHERE address LIKE '%returbruket%'").fetchone()
    assert attempts == 3
    database.conn.close()


def test_robots_txt_that_cannot_be_had_stops_the_host_for_the_night(agency: Agency, path: Path) -> None:
    """A 503 on robots.txt means "not now": nothing else is asked of that host, and nothing is called gone."""
    crawl_agency(agency, path, 1)
    before = states(path)
    agency.log.clear()
    agency.trouble[truth.EXAMPLE_HOST, "/robots.txt"] = Trouble(status=503, times=None)
    crawl_agency(agency, path, 1)
    assert set(agency.asked(truth.EXAMPLE_HOST)) == {"/robots.txt"}
    assert states(path) == before


def test_a_page_no_longer_linked_is_still_looked_at(agency: Agency, path: Path) -> None:
    """A page whose link went away keeps its history: it is asked for until the site says that it is gone."""
    crawl_agency(agency, path, 2)
    agency.trouble[HUB] = Trouble(body=without_link(nightly.page(2, *HUB, 1), truth.LAUNDRY), times=None)
    summary = crawl_agency(agency, path, 3, shown=2)
    assert summary.counts["changed"] == 1
    assert summary.counts["unchanged"] == 6
    assert [(event.event, event.title) for event in summary.events] == [
        ("unlinked", "Returbruket tvättar åt hela Norrvik")
    ]
    text = " ".join(click.unstyle(report(summary, path, default=path, width=90)).split())
    assert "No longer linked 2 Returbruket tvättar åt hela Norrvik no longer linked from Goda exempel" in text


@pytest.mark.parametrize(("number", "words"), [(1, "1  broken link\n"), (2, "2  broken links\n")])
def test_broken_links_are_counted_in_english(number: int, words: str, path: Path) -> None:
    """One is "1 broken link"."""
    looks = tuple(Look(page=one, address=f"http://a.example/{one}", result="never_seen") for one in range(number))
    summary = Summary(site="a", run=1, looks=looks, seconds=1.0)
    assert words in click.unstyle(report(summary, path, default=path, width=90))


def test_depth_nought_looks_at_the_start_pages_alone(agency: Agency, path: Path) -> None:
    """With depth 0 no link is followed."""
    summary = crawl_agency(agency, path, 1, depth=0, floors=Floors())
    assert [look.address.rpartition("/")[2] for look in summary.looks] == [truth.HUB.rpartition("/")[2]]


def test_depth_two_follows_the_links_of_linked_pages(agency: Agency, path: Path) -> None:
    """With depth 2 links of linked pages are followed; each address is still asked for once."""
    crawl_agency(agency, path, 1, depth=2)
    asked = [(visit.host, visit.path) for visit in agency.log]
    assert len(asked) == len(set(asked))


def test_the_number_of_pages_is_limited(agency: Agency, path: Path) -> None:
    """No more addresses are looked at in a run than the site file allows, and the run says what it left out."""
    summary = crawl_agency(agency, path, 1, limits=Limits(pages=3), floors=Floors())
    assert len(summary.looks) == 3
    assert summary.status == "partial"
    assert summary.stopped == "Stopped after 3 pages (limits.pages)."
    assert summary.left


def test_fewer_pages_or_sections_than_expected_is_told(agency: Agency, path: Path) -> None:
    """Below a floor the run says that the layout changed, and which floor it was."""
    summary = crawl_agency(agency, path, 1, floors=Floors(pages=50, sections=40))
    assert (summary.status, EXIT_CODES[summary.status]) == ("drift", 4)
    assert [line.split()[-1] for line in summary.shortfalls] == ["50.", "40."]
    assert summary.shortfalls[0].startswith("7 pages could be read")
    alone = crawl_agency(agency, path.with_name("alone.db"), 1, floors=Floors(pages=50), depth=0)
    assert alone.shortfalls[0].startswith("1 page could be read")


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(Trouble(status=404, times=None), "ok"), (challenge(times=None), "partial"), (to_front(), "partial")],
)
def test_pages_that_say_why_they_cannot_be_read_are_no_changed_layout(
    agency: Agency, path: Path, trouble: Trouble, status: str
) -> None:
    """Pages that are gone for good, or behind a doorkeeper, would have been called a changed layout every night."""
    crawl_agency(agency, path, 1)
    for address in (truth.LAUNDRY, truth.BICYCLES):
        agency.trouble[truth.EXAMPLE_HOST, address] = trouble
    for number in (2, 3):
        summary = crawl_agency(agency, path, number, shown=1, floors=Floors(pages=7))
        assert (summary.shortfalls, summary.status) == ((), status)


def test_nothing_read_is_a_failed_run(agency: Agency, path: Path) -> None:
    """A run that reads no page at all fails, with an exit code of its own."""
    for host in (truth.HUB_HOST, truth.EXAMPLE_HOST):
        agency.trouble[host, "/robots.txt"] = Trouble(status=500, times=None)
    summary = crawl_agency(agency, path, 1)
    assert (summary.status, EXIT_CODES[summary.status]) == ("failed", 1)


class Interrupting(Fetcher):
    """A fetcher at which somebody presses Ctrl-C before the third page."""

    def visit(self, address: str, known: Callable[[str], bool], *rest: Any) -> Iterator[Capture]:
        """Go on twice, then be interrupted."""
        self.visits = getattr(self, "visits", 0) + 1
        if self.visits == 3:
            raise KeyboardInterrupt
        return super().visit(address, known, *rest)


def test_an_interrupted_run_keeps_what_it_has(agency: Agency, path: Path) -> None:
    """Ctrl-C: the pages until then are there, the run is marked, and the next run goes on."""
    clock = FakeClock(night(1))
    with Archive(path) as archive:
        fetcher = Interrupting(agency.site(), clock, rng=random.Random(1))
        summary = crawl(agency.site(), archive, fetcher, clock, version="0", watch=lambda *_: None)
    assert (summary.status, EXIT_CODES[summary.status], len(summary.looks)) == ("interrupted", 130, 2)
    assert crawl_agency(agency, path, 1).counts == {"new": 5, "not_allowed": 1, "unchanged": 2}


class Stopping(Archive):
    """An archive at which somebody presses Ctrl-C while a capture is being kept."""

    at = 0

    def keep(self, *given: Any, **named: Any) -> Kept:
        """Keep as many as `at` says, then be interrupted once."""
        self.at -= 1
        if not self.at:
            raise KeyboardInterrupt
        return super().keep(*given, **named)


@pytest.mark.parametrize("at", range(3, 14))
def test_what_was_taken_back_is_not_told(agency: Agency, path: Path, at: int) -> None:
    """Ctrl-C in the middle of a commit: each revision that the summary tells is in the archive, and none is lost."""
    crawl_agency(agency, path, 1)
    agency.night = 2
    clock = FakeClock(night(2))
    with Stopping(path) as archive:
        archive.at = at
        fetcher = Fetcher(agency.site(), clock, rng=random.Random(1))
        summary = crawl(agency.site(), archive, fetcher, clock, version="0", watch=lambda *_: None)
        there = {number for (number,) in archive.database.execute("SELECT id FROM revisions").fetchall()}
        assert not list(archive.unread(agency.site().name))
    assert summary.interrupted
    assert {look.revision for look in summary.looks} - {None} <= there


class Breaking(Archive):
    """An archive in which there is no room for the reading of the third page."""

    def record(self, capture: int, reading: Reading, *, parser: str, reread: Reader) -> Recorded:
        """Record two pages, then find no room."""
        self.pages = getattr(self, "pages", 0) + (reading.verdict == "page")
        if self.pages == 3:
            raise ArchiveWriteError("No room left.")
        return super().record(capture, reading, parser=parser, reread=reread)


def test_what_was_kept_and_not_read_is_read_by_the_next_run(agency: Agency, path: Path) -> None:
    """Capture first, record after: what a run that died between the two had fetched is dated to that night."""
    site, clock = agency.site(), FakeClock(night(1))
    fetcher = Fetcher(site, clock, rng=random.Random(1))
    with Breaking(path) as archive:
        with pytest.raises(ArchiveWriteError):
            crawl(site, archive, fetcher, clock, version="0", watch=lambda *_: None)
        left, *more = archive.unread(site.name)
        assert len(more) == 1, "at the most two captures wait to be recorded"
        address = archive.read(left.id).address
    agency.trouble[host_of(address), address.partition(".example")[2]] = Trouble(status=500, times=None)
    crawl_agency(agency, path, 2)
    database = open_for_reading(path)
    assert history.revision_numbered(database, left.page or 0, 1)["seen_from"][:10] == "2026-03-01"
    assert [s for (s,) in database.execute("SELECT status FROM runs").fetchall()] == ["interrupted", "partial"]
    database.conn.close()


def test_progress_is_told_before_each_look(agency: Agency, path: Path) -> None:
    """Whoever watches hears of each address, how many are done and how many are to come."""
    heard: list[tuple[str, int, int]] = []
    clock = FakeClock(night(1))
    with Archive(path) as archive:
        fetcher = Fetcher(agency.site(), clock, rng=random.Random(1))
        crawl(agency.site(), archive, fetcher, clock, version="0", watch=lambda *told: heard.append(told))
    assert len(heard) == 8
    assert [done for _, done, _ in heard] == sorted(done for _, done, _ in heard)
    assert heard[-1][2] == 0


def test_a_new_address_by_redirect_is_the_same_page(agency: Agency, path: Path) -> None:
    """R18, over the wire: the page moved by 301 on night 2 has one number, two addresses and one revision."""
    for number in (1, 2, 3):
        crawl_agency(agency, path, number)
    database = open_for_reading(path)
    row = history.find_page(database, "Cykelköket")
    assert (row["address"], row["revisions"]) == (f"http://{truth.EXAMPLE_HOST}{truth.BICYCLES_MOVED}", 1)
    assert history.find_page(database, truth.BICYCLES)["page"] == row["page"]
    database.conn.close()


def test_every_exchange_is_in_the_log(agency: Agency, path: Path) -> None:
    """What the agency answered and what the archive keeps are the same requests, robots.txt and redirects included."""
    crawl_agency(agency, path, 1)
    database = open_for_reading(path)
    kept = {
        (row["address"].removeprefix("http://"), row["status"])
        for row in database.query("SELECT address, status FROM fetch_log WHERE attempts > 0")
    }
    assert kept == {(visit.host + visit.path, visit.status) for visit in agency.log}
    assert {name for (name,) in database.execute("SELECT DISTINCT purpose FROM fetch_log")} == {"page", "robots"}
    database.conn.close()


def test_a_late_look_is_read_again_in_its_turn(agency: Agency, path: Path) -> None:
    """A run behind the clock has later looks read again amid tonight's, by the one thread that reads."""
    readers: list[int] = []

    def reading(capture: Capture, layout: str) -> Reading:
        readers.append(get_ident())
        return parse.read(capture, layout)

    crawl_agency(agency, path, 1, read=reading)
    pages = len(readers)
    crawl_agency(agency, path, 3000, shown=1, read=reading)
    readers.clear()
    crawl_agency(agency, path, 2, shown=1, read=reading)
    assert len(readers) > pages, "nothing was read again"
    assert len(set(readers)) == 1
    assert get_ident() not in readers


def test_a_capture_is_committed_before_it_is_read(agency: Agency, path: Path) -> None:
    """While a page is being read, another program already finds its capture."""
    seen: list[int] = []

    def reading(capture: Capture, layout: str) -> Reading:
        database = open_for_reading(path)
        seen.append(database.execute("SELECT count(*) FROM captures WHERE purpose = 'page'").fetchone()[0])
        database.conn.close()
        return parse.read(capture, layout)

    crawl_agency(agency, path, 1, read=reading)
    assert len(seen) == 7
    assert seen[0] == 1
    assert seen == sorted(seen)


def test_a_layout_that_does_not_exist_is_told_before_anything_is_asked(agency: Agency, path: Path) -> None:
    """A mistyped layout ends the run before any server hears of it."""
    with pytest.raises(ConfigurationError, match="sitevison"):
        crawl_agency(agency, path, 1, layout="sitevison")
    assert agency.log == []


def test_a_site_file_of_other_hosts_forgets_no_page(agency: Agency, path: Path) -> None:
    """A site whose hosts were narrowed looks only at those, and what it kept before stays."""
    crawl_agency(agency, path, 1)
    summary = crawl_agency(agency, path, 1, hosts=(truth.HUB_HOST,), floors=Floors())
    assert {look.address.split("/")[2] for look in summary.looks} == {truth.HUB_HOST}
    assert len(states(path)) == 7
    assert replace(agency.site(), hosts=()).hosts == ()
