"""Episodes: trouble has a beginning, a length and an end, each told once, from the archive alone."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.episodes import Episode, all_episodes, episodes_of, open_episodes
from archive.file import open_for_reading
from archive.store import Archive
from schemas.reading import Reading
from tests.agency import nightly, truth
from tests.agency.server import Agency
from tests.agency.trouble import Trouble, challenge, shorn
from tests.builders import ADDRESS, PARSER, begin, capture, gone, look, night, page, reread, section
from tests.nights import spend_night
from tests.runs import crawl_agency
from tests.shell import tidslager

LAUNDRY = (truth.EXAMPLE_HOST, truth.LAUNDRY)
HUB = (truth.HUB_HOST, truth.HUB)


def fail(archive: Archive, number: int, error: str = "Not done within 60 s.") -> None:
    """A night on which the page cannot be had."""
    run = begin(archive, night(number))
    archive.keep(run, capture(at=night(number), outcome="timeout", status=None, body=None, error=error))
    archive.finish_run(run, "failed", {}, now=night(number))


def told(path: Path) -> tuple[Episode, ...]:
    """Every episode of an archive."""
    database = open_for_reading(path)
    with closing(database.conn):
        return all_episodes(database)


def test_nights_of_failure_are_one_episode_and_no_revision(archive: Archive, path: Path) -> None:
    """R11: 429, 500 and time-outs for nights, then the same content: one episode with both ends, one revision."""
    look(archive, 1, page(section("A", "a")))
    for number, error in enumerate(("Status 429.", "Status 500.", "Not done within 60 s."), 2):
        fail(archive, number, error)
    look(archive, 5, page(section("A", "a")))
    (one,) = told(path)
    assert (one.began[:10], one.ended and one.ended[:10], one.looks) == ("2026-03-02", "2026-03-05", 3)
    assert (one.began_in, one.ended_in, one.why) == (2, 5, "Not done within 60 s.")
    assert archive.database.table("revisions").count == 1


def test_each_end_is_told_by_one_night(agency: Agency, path: Path) -> None:
    """Begun on the first night of trouble, going on until the last, ended on the first good one, and never again."""
    heard = []
    for number in range(1, 7):
        agency.trouble = {LAUNDRY: Trouble(status=403, times=None)} if number in (2, 3, 4) else {}
        (of,) = spend_night(agency, path, number, shown=1).digest.nights
        heard.append((len(of.begun), len(of.lasting), len(of.ended)))
    assert heard == [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0)]


def test_a_suspect_that_is_believed_in_time_was_an_episode(agency: Agency, path: Path) -> None:
    """Nights in quarantine are an episode also when what was seen turns out to be the page: belief ends it."""
    crawl_agency(agency, path, 1)
    agency.trouble[LAUNDRY] = shorn(nightly.page_without_noise(1, *LAUNDRY), 0)
    heard = []
    for number in (2, 3, 4, 5):
        crawl_agency(agency, path, number, shown=1)
        database = open_for_reading(path)
        with closing(database.conn):
            found = episodes_of(database, number)
            heard.append(tuple(len(part) for part in found))
    assert heard == [(1, 0, 0), (0, 0, 1), (0, 1, 0), (0, 0, 0)]
    (one,) = told(path)
    assert (one.looks, one.began_in, one.ended_in) == (2, 2, 4)


def test_a_suspect_that_a_person_accepts_ends_with_the_next_look(agency: Agency, path: Path) -> None:
    """Until somebody accepts it, it is trouble; the first look after that is good."""
    crawl_agency(agency, path, 1)
    agency.trouble[LAUNDRY] = shorn(nightly.page_without_noise(1, *LAUNDRY), 0)
    crawl_agency(agency, path, 2, shown=1)
    (entry,) = json.loads(tidslager("quarantine", "list", "--json", "-a", str(path)).out)
    assert tidslager("quarantine", "accept", str(entry["entry"]), "-a", str(path)).code == 0
    crawl_agency(agency, path, 3, shown=1)
    (one,) = told(path)
    assert (one.looks, one.began_in, one.ended_in) == (1, 2, 3)


def test_a_layout_that_changed_is_an_episode_of_the_site(agency: Agency, path: Path) -> None:
    """A drift has no page; it ends with the next run that finds the layout as before, and a cut run says nothing."""
    crawl_agency(agency, path, 1)
    agency.trouble[HUB] = shorn(nightly.page_without_noise(1, *HUB), 2)
    crawl_agency(agency, path, 2, shown=1)
    with Archive(path) as archive:
        cut = archive.begin_run(agency.site(), version="0", now=night(3))
        archive.finish_run(cut, "interrupted", {}, now=night(3))
    agency.trouble.clear()
    crawl_agency(agency, path, 4, shown=1)
    layout = [one for one in told(path) if one.kind == "layout"]
    assert [(one.page, one.site, one.began_in, one.ended_in, one.looks) for one in layout] == [
        (None, "agency", 2, 4, 1)
    ]


def test_what_is_a_fact_is_no_trouble(agency: Agency, path: Path) -> None:
    """A page that robots.txt forbids and one that is gone are well; nobody is told of them night after night."""
    for number in (1, 2, 3):
        crawl_agency(agency, path, number)
    assert told(path) == ()


def test_the_command_lists_them(agency: Agency, path: Path) -> None:
    """`tidslager episodes`, of all pages, of one, and those that are open."""
    crawl_agency(agency, path, 1)
    agency.trouble[LAUNDRY] = challenge(times=None)
    crawl_agency(agency, path, 2, shown=1)
    assert "1 night from 2026-03-02 02:10 UTC, not over" in tidslager("episodes", "--open", "-a", str(path)).out
    (row,) = json.loads(tidslager("episodes", "2", "--json", "-a", str(path)).out)
    assert (row["page"], row["ended"]) == (2, None)
    assert "never any trouble" in tidslager("episodes", "1", "-a", str(path)).err


def test_status_says_which_are_open(agency: Agency, path: Path) -> None:
    """A layout that changed has no page in `status`, and is told there all the same."""
    crawl_agency(agency, path, 1)
    agency.trouble[HUB] = shorn(nightly.page_without_noise(1, *HUB), 2)
    crawl_agency(agency, path, 2, shown=1)
    ran = tidslager("status", "-a", str(path))
    assert ran.code == 4
    assert "Open episodes" in ran.out
    assert "agency: the layout" in ran.out


@settings(max_examples=25, deadline=None)
@given(st.text("gfx", min_size=1, max_size=12))
def test_the_nights_add_up_to_the_history(script: str) -> None:
    """What the nights told one by one is what the archive tells afterwards, for any order of good, bad and gone."""
    begun, ended = [], []
    with TemporaryDirectory() as folder, Archive(Path(folder) / "test.db") as archive:
        for number, what in enumerate(script, 1):
            if what == "g":
                look(archive, number, page(section("A", "a")))
            elif what == "f":
                fail(archive, number)
            else:
                gone(archive, number)
            found = episodes_of(archive.database, number)
            begun += [one.began_in for one in found.begun]
            ended += [one.ended_in for one in found.ended]
        history = all_episodes(archive.database)[::-1]
        assert begun == [one.began_in for one in history]
        assert ended == [one.ended_in for one in history if one.ended]
        assert open_episodes(archive.database) == tuple(one for one in history if one.ended is None)
        assert sum(one.looks for one in history) == script.count("f")


@pytest.mark.parametrize("verdict", ["unparsable", "not_html"])
def test_a_page_that_cannot_be_read_any_more_is_trouble(archive: Archive, path: Path, verdict: str) -> None:
    """Once read, a page that turns into something else is in trouble; one that never was a page may be a fact."""
    reading = msgspec.convert({"verdict": verdict, "why": "No."}, Reading)
    for number, first in ((1, False), (2, True), (3, False)):
        if first:
            look(archive, number, page(section("A", "a")))
            continue
        run = begin(archive, night(number))
        kept = archive.keep(run, capture(ADDRESS, at=night(number), body=b"%PDF"))
        archive.record(kept.id, reading, parser=PARSER, reread=reread)
        archive.finish_run(run, "partial", {}, now=night(number))
    assert [one.began_in for one in told(path)] == ([3] if verdict == "not_html" else [3, 1])
