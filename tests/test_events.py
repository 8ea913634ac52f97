"""The page set over the nights: who appears, moves, goes, comes back, and whom the hub links to."""

from __future__ import annotations

import json
from pathlib import Path

from archive import history
from archive.events import PageEvent, page_events
from archive.file import open_for_reading
from archive.store import Archive
from schemas.page import Link, Page, Paragraph
from schemas.reading import Reading
from schemas.site import Site
from scraper.addresses import cms_key
from tests.agency import truth
from tests.agency.server import Agency
from tests.builders import PARSER, capture, gone, look, night, page, reread, section, written
from tests.runs import crawl_agency
from tests.shell import tidslager

HUB = "http://byran.example/nav.2001.html"
SITE = Site(name="prov", start=(HUB,), suspect_nights=1)
ONE, TWO = "http://byran.example/ett.html", "http://byran.example/tva.html"


def hub(*links: str) -> Page:
    """A hub page that links to addresses."""
    lines = tuple(
        Paragraph(text=f"Läs {link}.", links=(Link(label="Läs", address=link, kind="page"),)) for link in links
    )
    stable = section("Om exemplen", "Här samlar vi det som har prövats.")
    return page(stable, section("Till dig som är ny", "Börja här."), title="Nav", preamble=lines)


def seen(archive: Archive, number: int, record: Page | None, address: str, why: str = "link") -> None:
    """A night's look at an address, as the crawl keeps it."""
    run = archive.begin_run(SITE, version="0", now=night(number))
    outcome = "fetched" if record else "gone"
    body = written(record) if record else b""
    kept = archive.keep(
        run,
        capture(address, at=night(number), outcome=outcome, status=200 if record else 404, body=body),
        why=why,  # type: ignore[arg-type]
        cms_key=cms_key(address),
    )
    reading = Reading(verdict="page", page=record) if record else Reading(verdict="gone")
    archive.record(kept.id, reading, parser=PARSER, reread=reread)
    archive.finish_run(run, "ok", {}, now=night(number))


def told(events: tuple[PageEvent, ...]) -> list[tuple[int, str, str]]:
    """Page, event and night of each event."""
    return [(event.page, event.event, event.seen_from[:10]) for event in events]


def test_a_page_that_leaves_the_hub_and_comes_back_to_it_is_dated(archive: Archive) -> None:
    """Unlinked and linked again are events of the linked page, between two looks at the hub; it stays live."""
    one = page(section("Ett", "Det första exemplet."))
    seen(archive, 1, hub(f"{ONE}#text", TWO), HUB, why="seed")
    seen(archive, 1, one, ONE)
    seen(archive, 2, hub(TWO), HUB)
    seen(archive, 3, hub(TWO), HUB)
    seen(archive, 4, hub(TWO, ONE), HUB)
    events = page_events(archive.database, page=2)
    assert told(events) == [
        (2, "appeared", "2026-03-01"),
        (2, "unlinked", "2026-03-02"),
        (2, "linked again", "2026-03-04"),
    ]
    assert [event.unseen_since for event in events[1:]] == ["2026-03-01T02:10:00.000Z", "2026-03-03T02:10:00.000Z"]
    assert {(event.by_page, event.by_title) for event in events[1:]} == {(1, "Nav")}
    assert history.page_rows(archive.database)[1]["state"] == "live"


def test_a_link_that_is_exchanged_for_another_to_the_same_page_is_no_event(archive: Archive) -> None:
    """A link that moves to another section, or to another address of the page, still leads there."""
    one = page(section("Ett", "Det första exemplet."))
    seen(archive, 1, hub(ONE), HUB, why="seed")
    seen(archive, 1, one, ONE)
    moved = page(section("Ny plats", "Se exemplet."), *hub().sections, title="Nav", preamble=hub(f"{ONE}#mer").preamble)
    seen(archive, 2, moved, HUB)
    assert told(page_events(archive.database, page=2)) == [(2, "appeared", "2026-03-01")]


def test_a_hub_that_is_gone_for_a_night_unlinks_nobody(archive: Archive) -> None:
    """A 404 of the hub is the hub's; what it links to when it is back is what counts."""
    seen(archive, 1, hub(ONE, TWO), HUB, why="seed")
    for address in (ONE, TWO):
        seen(archive, 1, page(section("Ett", f"Exempel {address}.")), address)
    seen(archive, 2, None, HUB)
    seen(archive, 3, hub(ONE), HUB)
    events = page_events(archive.database)
    assert [(page, event) for page, event, _ in told(events) if event != "appeared"] == [
        (1, "gone"),
        (1, "back"),
        (3, "unlinked"),
    ]


def test_gone_and_back_are_events(archive: Archive) -> None:
    """A page called removed is so on the evidence of a 404, and its return is dated too."""
    one = page(section("Ett", "Det första exemplet."))
    look(archive, 1, one)
    gone(archive, 2)
    gone(archive, 3)
    look(archive, 4, one)
    assert told(page_events(archive.database)) == [
        (1, "appeared", "2026-03-01"),
        (1, "gone", "2026-03-02"),
        (1, "back", "2026-03-04"),
    ]


def test_a_cms_number_is_kept_over_hosts_with_the_files_name(archive: Archive) -> None:
    """R18 across hosts: number and file name are the same, the host and the path are not: one page, moved."""
    one = page(section("Ett", "Det första exemplet."))
    old = "http://byran.example/a/exempel.20417.html"
    new = "http://nyabyran.example/b/c/exempel.20417.html"
    other = "http://nyabyran.example/b/annat.20417.html"
    seen(archive, 1, one, old)
    seen(archive, 2, one, new)
    seen(archive, 2, page(section("Annat", "Något helt annat.")), other)
    rows = history.page_rows(archive.database)
    assert [(row["address"], row["revisions"]) for row in rows] == [(new, 1), (other, 1)]
    (moved,) = [event for event in page_events(archive.database, page=1) if event.event == "moved"]
    assert (moved.before, moved.after, moved.seen_from[:10]) == (old, new, "2026-03-02")


def test_what_one_page_shows_by_its_query_is_not_one_page(archive: Archive) -> None:
    """Two events that SiteVision serves under one number are two pages, night after night, on another host too."""
    at = "http://byran.example/kalender/visa.4144.html?sv.target=12.18df&sv.12.18df.route=/x&id={}"
    shown = {at.format(number): page(section("Kväll", f"Kväll nummer {number} på Folkets hus.")) for number in (1, 2)}
    for number in (1, 2):
        for address, record in shown.items():
            seen(archive, number, record, address)
    rows = history.page_rows(archive.database)
    assert [(row["address"], row["revisions"]) for row in rows] == [(address, 1) for address in shown]
    moved = at.format(2).replace("byran", "nyabyran")
    seen(archive, 3, shown[at.format(2)], moved)
    rows = history.page_rows(archive.database)
    assert [(row["address"], row["revisions"]) for row in rows] == [(at.format(1), 1), (moved, 1)]


def test_an_address_that_a_page_calls_its_own_leads_to_it(archive: Archive) -> None:
    """A canonical address that nobody has met is another name of the page; one that has a page is left alone."""
    one = page(section("Ett", "Det första exemplet."))
    seen(archive, 1, one, ONE)
    seen(archive, 1, page(section("Två", "Det andra exemplet.")), TWO)
    run = archive.begin_run(SITE, version="0", now=night(2))
    own = "http://byran.example/nytt/ett.html"
    archive.name_page(run, 1, own)
    archive.name_page(run, 1, own)
    archive.name_page(run, 1, TWO)
    archive.finish_run(run, "ok", {}, now=night(2))
    seen(archive, 3, one, own)
    assert [row["address"] for row in history.page_rows(archive.database)] == [own, TWO]
    assert ("moved", "2026-03-03") in [(event, day) for page, event, day in told(page_events(archive.database, page=1))]


def test_an_address_that_answers_for_itself_is_no_other_pages(archive: Archive) -> None:
    """A page that calls another's address its own, by a mistake in a template, takes nothing from it."""
    one, two = page(section("Ett", "Det första exemplet.")), page(section("Två", "Det andra exemplet."))
    for number in (1, 2):
        run = archive.begin_run(SITE, version="0", now=night(number))
        for address, record in ((ONE, one), (TWO, two)):
            kept = archive.keep(run, capture(address, at=night(number), body=written(record)))
            archive.record(kept.id, Reading(verdict="page", page=record), parser=PARSER, reread=reread)
            archive.name_page(run, kept.page or 0, TWO)
        archive.finish_run(run, "ok", {}, now=night(number))
    assert [(row["address"], row["revisions"]) for row in history.page_rows(archive.database)] == [(ONE, 1), (TWO, 1)]
    assert told(page_events(archive.database)) == [(1, "appeared", "2026-03-01"), (2, "appeared", "2026-03-01")]


def test_a_page_seen_at_two_addresses_every_night_does_not_move(archive: Archive) -> None:
    """Two names that both answer are two names, not a page that moves back and forth."""
    one = page(section("Ett", "Det första exemplet."))
    for number in (1, 2, 3):
        run = archive.begin_run(SITE, version="0", now=night(number))
        for address in ("http://byran.example/a/ett.1001.html", "http://byran.example/b/ett.1001.html"):
            kept = archive.keep(
                run, capture(address, at=night(number), body=written(one)), cms_key="byran.example/1001"
            )
            archive.record(kept.id, Reading(verdict="page", page=one), parser=PARSER, reread=reread)
        archive.finish_run(run, "ok", {}, now=night(number))
    assert told(page_events(archive.database)) == [(1, "appeared", "2026-03-01")]


def test_the_agencys_nights_are_told_as_events(agency: Agency, path: Path) -> None:
    """Over the wire: what came, went, moved and came back, in the run's report, its JSON and the log."""
    for number in (1, 2, 3):
        summary = crawl_agency(agency, path, number)
        if number == 2:
            assert {event.event for event in summary.events} == {"appeared", "gone", "moved"}
    database = open_for_reading(path)
    events = page_events(database)
    database.conn.close()
    fates = {"new": "appeared", "gone": "gone", "back": "back", "moved": "moved"}
    expected = sorted((fate.night, fates[fate.fate]) for fate in truth.FATES if fate.fate in fates)
    assert sorted((int(event.seen_from[8:10]), event.event) for event in events) == expected
    rows = json.loads(tidslager("log", "Cykelköket", "--json", "--archive", str(path)).out)
    assert [(row["event"], row["revision"]) for row in rows] == [("moved", None), ("appeared", 1)]
    assert truth.BICYCLES_MOVED in rows[0]["summary"]
    assert "moved" in tidslager("log", "Cykelköket", "--archive", str(path)).out
