"""A year of nights: in the end the archive tells what the script says, exactly, and no night costs more than others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

import pytest
from sqlite_utils import Database

from archive.episodes import all_episodes
from archive.file import open_for_reading
from schemas.site import Site
from scraper import parse
from tests.agency.year import Edit, Spell, Turn, Year
from tests.years import OUTAGE, Cost, live, night_of


def edits(database: Database) -> list[Edit]:
    """The acts of editors that an archive tells."""
    rows = database.query(
        "SELECT f.seen_from, l.title, f.kind, f.where_on_page, f.before, f.after FROM change_feed f"
        " JOIN page_list l ON l.page = f.page WHERE f.what <> 'page' ORDER BY f.seen_from, f.page, f.ordinal"
    )
    return [
        Edit(
            night=night_of(row["seen_from"]), title=row["title"], kind=row["kind"], where=row["where_on_page"],
            before=row["before"], after=row["after"],
        )
        for row in rows
    ]  # fmt: skip


def turns(database: Database) -> list[Turn]:
    """What became of pages as a whole, as an archive tells it."""
    rows = database.query(
        "SELECT e.seen_from, l.title, e.event FROM page_events e JOIN page_list l ON l.page = e.page"
        " ORDER BY e.seen_from, e.page"
    )
    words = {"appeared": "new"}
    return [
        Turn(night=night_of(row["seen_from"]), title=row["title"], what=words.get(row["event"], row["event"]))
        for row in rows
    ]


def spells(database: Database) -> list[Spell]:
    """Trouble as an archive tells it."""
    return [
        Spell(title=one.title, first=night_of(one.began), last=night_of(one.last)) for one in all_episodes(database)
    ]


def assert_told(path: Path, year: Year) -> None:
    """The archive tells the year as it was."""
    database = open_for_reading(path)
    with closing(database.conn):
        for got, truth in (
            (edits(database), year.edits),
            (turns(database), year.turns),
            (spells(database), year.spells),
        ):
            assert sorted(map(repr, got)) == sorted(map(repr, truth))
        revisions = database.execute("SELECT count(*) FROM revisions").fetchone()[0]
        edited = {(edit.night, edit.title) for edit in year.edits}
        whole = [turn for turn in year.turns if turn.what != "moved"]
        assert revisions == len(edited) + len(whole)


class _InProcess:
    """Stands for the guard: the same reading without a process of its own, for the quick suite."""

    read = staticmethod(parse.read)

    @classmethod
    @contextmanager
    def of(cls, _: Site) -> Iterator[type[_InProcess]]:
        yield cls


def test_twenty_nights_are_told_as_they_were(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Edits, failures, an outage, a new template, pages that go, come and move, noise every night: told exactly."""
    monkeypatch.setattr("scraper.night.Guard", _InProcess)
    year = Year(seed=20, nights=20)
    told = [done for _, done in live(year, path, verify_sample=5)]
    assert {"edited", "added", "removed"} == {edit.kind for edit in year.edits}
    assert {"new", "gone", "moved"} <= {turn.what for turn in year.turns}
    assert_told(path, year)
    begun = sum(len(done.digest.nights[0].begun) for done in told)
    ended = sum(len(done.digest.nights[0].ended) for done in told)
    assert begun == len(year.spells)
    assert ended == sum(spell.last < year.nights for spell in year.spells)
    assert sum(len(done.digest.nights[0].revised) for done in told) == len(
        {(edit.night, edit.title) for edit in year.edits}
    ) + sum(turn.what in ("gone", "back") for turn in year.turns)


@pytest.mark.soak
def test_a_year_is_told_as_it_was_and_costs_the_same_every_night(path: Path) -> None:
    """365 nights: the history equals the script, and neither time, nor memory, nor growth depend on the night."""
    year = Year(seed=1)
    costs = [cost for cost, _ in live(year, path)]
    assert_told(path, year)
    assert_flat(costs)


def assert_flat(costs: list[Cost]) -> None:
    """The last quarter of the nights is like the second one, for each request that a night made."""
    quarter = len(costs) // 4
    early, late = costs[quarter : 2 * quarter], costs[-quarter:]
    each = [median(c.cpu_s / c.requests for c in part if c.requests > OUTAGE) for part in (early, late)]
    assert each[1] < 1.5 * each[0]
    assert max(c.resident_bytes for c in late) < 1.2 * max(c.resident_bytes for c in early)
    grown = [
        (part[-1].archive_bytes - part[0].archive_bytes) / sum(c.requests for c in part[1:]) for part in (early, late)
    ]
    assert grown[1] < 1.5 * grown[0]
