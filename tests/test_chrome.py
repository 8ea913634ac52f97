"""Chrome: read part by part, kept once, and told once for the site; never in a page's history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings

from archive.apply import apply
from archive.diff_chrome import part_changes
from archive.history import chrome_rows
from archive.store import Archive
from schemas.chrome import Chrome, ChromePart
from schemas.page import Item, List, Paragraph, block_text, canonical_json
from schemas.reading import Reading
from scraper.parse import read
from tests.agency.server import Agency
from tests.builders import begin, capture, night, page, section
from tests.runs import crawl_agency
from tests.shell import tidslager
from tests.test_apply import block_runs
from tests.test_parse import PAGES, capture_of, captured

HOST = "http://byran.example"


def part(name: str, *texts: str) -> ChromePart:
    return ChromePart(name=name, blocks=tuple(Paragraph(text=text) for text in texts))


def menu(*labels: str) -> ChromePart:
    return ChromePart(name="menu", blocks=(List(items=tuple(Item(text=label) for label in labels)),))


def look(
    archive: Archive, run: int, number: int, address: str, *parts: ChromePart, parser: str = "1", minutes: int = 0
) -> None:
    """A look at a page whose content never changes, with this chrome around it."""
    seen = capture(address, at=night(number) + timedelta(minutes=minutes), body=address.encode())
    kept = archive.keep(run, seen)
    reading = Reading(verdict="page", page=page(section("Tider", "Vi har öppet.")), chrome=Chrome(parts=parts))
    archive.record(kept.id, reading, parser=parser, reread=lambda _: reading)


def nights(archive: Archive, *shown: Mapping[str, tuple[ChromePart, ...]]) -> list[tuple[object, ...]]:
    """Nights on which the pages of a host show these parts; what is told of them."""
    for number, pages in enumerate(shown, 1):
        run = begin(archive, night(number))
        for address, parts in pages.items():
            look(archive, run, number, f"{HOST}/{address}", *parts)
        archive.finish_run(run, "ok", {}, now=night(number))
    return told(archive)


def told(archive: Archive) -> list[tuple[object, ...]]:
    rows = chrome_rows(archive.database, show_all=True)
    return [(row["part"], row["kind"], row["what"], row["before"], row["after"], row["pages"]) for row in rows]


FOOT, NEW_FOOT = part("footer", "Växel 08-1"), part("footer", "Växel 08-2 för alla ärenden och alla dagar")


def test_a_footer_that_changes_on_every_page_is_one_change(archive: Archive) -> None:
    """One change for the site however many pages show it, and none in the history of any page."""
    found = nights(archive, *({f"s{n}": (foot,) for n in range(5)} for foot in (FOOT, FOOT, NEW_FOOT, NEW_FOOT)))
    assert [row[:3] for row in found] == [("footer", "added", "paragraph"), ("footer", "removed", "paragraph")]
    assert {row[5] for row in found} == {5}
    assert archive.database.execute("SELECT count(*) FROM changes").fetchone() == (0,)
    assert archive.database.execute("SELECT count(*) FROM revisions").fetchone() == (5,)


def test_what_differs_from_page_to_page_makes_no_noise(archive: Archive) -> None:
    """Lists of related pages that change here and there are kept, and told nowhere."""
    pages = [{f"s{n}": (FOOT, part("related", f"Läs {n} {k if n < 2 else 0}")) for n in range(6)} for k in range(4)]
    assert nights(archive, *pages) == []
    assert archive.database.execute("SELECT count(*) FROM chrome_parts").fetchone() == (1 + 6 + 3 * 2,)


def test_the_same_menu_item_in_different_menus_is_one_change(archive: Archive) -> None:
    """Each branch has a menu of its own; what came into all of them is told once."""
    before = {f"s{n}": (menu("Start", f"Gren {n}"),) for n in range(4)}
    after = {f"s{n}": (menu("Start", f"Gren {n}", "Statistik"),) for n in range(4)}
    assert nights(archive, before, after) == [("menu", "added", "item", None, "Statistik", 4)]


def test_a_host_with_one_page_is_told(archive: Archive) -> None:
    """On a host with a single page that page is the site."""
    found = nights(archive, {"ensam": ()}, {"ensam": (part("alert", "Stängt i dag."),)})
    assert found == [("alert", "added", "part", None, "Stängt i dag.", 1)]


def test_a_page_looked_at_late_does_not_tell_it_again(archive: Archive) -> None:
    """A page that could not be read on the night of the change shows it later; it was told."""
    old, new = {f"s{n}": (FOOT,) for n in range(4)}, {f"s{n}": (NEW_FOOT,) for n in range(4)}
    first = {address: parts for address, parts in new.items() if address in ("s0", "s1")}
    assert len(nights(archive, old, first, new)) == 2
    assert {row["run"] for row in chrome_rows(archive.database)} == {2}


def test_a_run_that_was_killed_is_compared_by_the_next(archive: Archive) -> None:
    """What a stopped run saw is told as soon as a run ends."""
    nights(archive, {f"s{n}": (FOOT,) for n in range(3)})
    killed = begin(archive, night(2))
    for n in range(3):
        look(archive, killed, 2, f"{HOST}/s{n}", NEW_FOOT)
    assert told(archive) == []
    after = begin(archive, night(3))
    for n in range(3):
        look(archive, after, 3, f"{HOST}/s{n}", NEW_FOOT)
    archive.finish_run(after, "ok", {}, now=night(3))
    assert {row["run"] for row in chrome_rows(archive.database)} == {killed}


def test_another_parser_is_not_news(archive: Archive) -> None:
    """What another version of our reading finds is marked so, and hidden."""
    run = begin(archive)
    look(archive, run, 1, f"{HOST}/s", FOOT)
    archive.finish_run(run, "ok", {}, now=night(1))
    run = begin(archive, night(2))
    look(archive, run, 2, f"{HOST}/s", FOOT, part("tools", "Lyssna"), parser="2")
    archive.finish_run(run, "ok", {}, now=night(2))
    assert chrome_rows(archive.database) == []
    assert [row["cause"] for row in chrome_rows(archive.database, show_all=True)] == ["parser"]


def test_time_is_honest(archive: Archive) -> None:
    """Between the last look that saw the old and the first that saw the new, on whatever page."""
    for number, foot in ((1, FOOT), (2, NEW_FOOT)):
        run = begin(archive, night(number))
        for minutes in (0, 5):
            look(archive, run, number, f"{HOST}/s{minutes}", foot, minutes=minutes)
        archive.finish_run(run, "ok", {}, now=night(number))
    rows = chrome_rows(archive.database)
    assert {row["unseen_since"] for row in rows} == {"2026-03-01T02:15:00.000Z"}
    assert {row["seen_from"] for row in rows} == {"2026-03-02T02:10:00.000Z"}


@settings(deadline=None, max_examples=100)
@given(block_runs, block_runs)
def test_the_law_holds_for_chrome_too(before: tuple[object, ...], after: tuple[object, ...]) -> None:
    """The changes of a part rebuild the later part from the earlier one."""
    one, other = ChromePart(name="footer", blocks=before), ChromePart(name="footer", blocks=after)  # type: ignore[arg-type]
    changes = part_changes(one, other)
    assert canonical_json(apply(one, changes)) == canonical_json(other)
    assert {change.class_ for change in changes} <= {"chrome", "cosmetic"}
    assert (not changes) == (one == other)


def test_no_part_has_no_changes() -> None:
    """Nothing and nothing are the same."""
    assert part_changes(None, None) == ()


def test_the_parser_names_what_it_drops() -> None:
    """Every part of a SiteVision page's chrome has its name, and its own words only."""
    chrome = read(capture_of(PAGES / "sitevision" / "chrome-left-out")).chrome
    assert chrome is not None
    found = {part.name: [block_text(block) for block in part.blocks] for part in chrome.parts}
    assert found["alert"] == ["Driftstörning"]
    assert found["news"] == ["Nyheter", "Ny bro"]
    assert found["feedback"] == ["Hjälpte sidan dig?"]
    assert found["around"] == ["Skriv ut", "Har du en fråga med anledning av det pågående virusutbrottet?"]
    assert "header" not in found, "it holds nothing but the menu"


def test_noise_is_no_chrome(agency: Agency, path: Path) -> None:
    """Tokens, sessions and clocks are in every answer of the agency; between two of one night no chrome differs."""
    crawl_agency(agency, path, 1)
    crawl_agency(agency, path, 1)
    with Archive(path) as archive:
        assert chrome_rows(archive.database, show_all=True) == []
        makeups = archive.database.execute(
            "SELECT c.run_id, group_concat(DISTINCT n.chrome_id) FROM reading_chrome n"
            " JOIN captures c ON c.id = n.capture_id GROUP BY c.run_id"
        ).fetchall()
    assert len(makeups) == 2
    assert makeups[0][1] == makeups[1][1]


def test_metadata_is_no_chrome() -> None:
    """The breadcrumb, the days and the person are read as what they are, and stand nowhere else."""
    chrome = read(capture_of(PAGES / "sitevision" / "responsible-block")).chrome
    assert chrome is not None
    text = " ".join(block_text(block) for part in chrome.parts for block in part.blocks)
    assert "Informationsansvarig" not in text
    crumbs = b"<main><nav aria-label=L\xc3\xa4nkstig><a href=/>Start</a></nav><h1>A</h1><p>B</p></main>"
    assert read(captured(crumbs)).chrome == Chrome()


def test_a_page_without_content_has_no_chrome() -> None:
    """Where no page could be read, nothing is said of its chrome."""
    assert read(captured(b"<footer>Adress</footer>")).chrome is None


@pytest.fixture
def crawled(agency: Agency, path: Path) -> Path:
    """The archive of two nights at the agency."""
    crawl_agency(agency, path, 1)
    crawl_agency(agency, path, 2)
    return path


def test_changes_chrome_tells_the_agency_s_second_night(crawled: Path) -> None:
    """A new menu item, an alert and a reworded question, each once, with the keys of other changes and no page."""
    rows = json.loads(tidslager("changes", "--chrome", "--json", "--archive", str(crawled)).out)
    assert {row["class"] for row in rows} == {"chrome"}
    assert {row["page"] for row in rows} == {None}
    assert list(rows[0]) == list(json.loads(tidslager("changes", "--json", "--archive", str(crawled)).out)[0])
    added = [(row["where"], row["after"]) for row in rows if row["kind"] == "added"]
    assert added.count(("menu", "Webbutbildningar")) == 1
    assert ("alert", "E-tjänsten för ansökningar har öppet igen.") in added
    shown = tidslager("changes", "--chrome", "--archive", str(crawled)).out
    assert "menu · item added" in shown


def test_changes_chrome_of_an_archive_without_any(agency: Agency, path: Path) -> None:
    """After one night there is nothing to tell, and that is said."""
    crawl_agency(agency, path, 1)
    assert tidslager("changes", "--chrome", "--archive", str(path)).err == "No changes around the content.\n"
