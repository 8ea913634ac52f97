"""Again: a look that shows the bytes of the look before it is not read, and leaves the rows that a reading would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from archive.file import open_for_reading
from archive.rebuild import rebuild
from archive.store import Archive
from schemas.capture import Capture
from schemas.reading import Reading
from scraper import crawl, parse
from scraper.reading import reading_of
from tests.agency import truth
from tests.agency.answers import Answer, answer
from tests.agency.server import Agency
from tests.agency.trouble import Trouble
from tests.builders import night
from tests.derived import exact
from tests.runs import crawl_agency, results

LAUNDRY = (truth.EXAMPLE_HOST, truth.LAUNDRY)
LATIN = Trouble(fields=(("Content-Type", "text/html; charset=iso-8859-1"),), times=None)
CHALLENGE = Trouble(fields=(("cf-mitigated", "challenge"),), times=None)


def still(night: int, host: str, target: str, *, request: int, known_tag: str | None = None) -> Answer:
    """The agency's answer without what differs from request to request."""
    del request
    return answer(night, host, target, request=1, known_tag=known_tag)


@pytest.fixture
def calm() -> Iterator[Agency]:
    """An agency whose pages have no noise."""
    with Agency(answers=still) as running:
        yield running


def look(agency: Agency, path: Path, number: int, shown: int = 1, **settings: Any) -> tuple[list[str], dict[str, str]]:
    """A night: which addresses were read, and what came of each page."""
    read: list[str] = []

    def reading(capture: Capture, layout: str) -> Reading:
        read.append(capture.address)
        return parse.read(capture, layout)

    summary = crawl_agency(agency, path, number, shown=shown, read=reading, **settings)
    return read, results(summary)


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All derived rows, numbers and all."""
    database = open_for_reading(path)
    found = exact(database)
    database.conn.close()
    return found


@pytest.mark.parametrize("validators", [False, True])
def test_the_rows_are_those_of_a_reading(
    calm: Agency, path: Path, monkeypatch: pytest.MonkeyPatch, *, validators: bool
) -> None:
    """Nights that change, stay and go back leave the same as when each page is read on each; with 304s as well."""
    calm.validators = validators
    nights = list(enumerate((1, 1, 2, 2, 1, 3, 3), 1))
    readings = [len(look(calm, path, number, shown, conditional=validators)[0]) for number, shown in nights]
    assert readings[1] == readings[3] == readings[6] == 0
    assert all(readings[number] for number in (0, 2, 4, 5))
    monkeypatch.setattr(crawl._Run, "_seen_again", lambda *_: None)
    beside = path.with_name("read.db")
    everything = [len(look(calm, beside, number, shown, conditional=validators)[0]) for number, shown in nights]
    assert all(everything)
    assert rows(path) == rows(beside)


def test_a_look_not_read_is_followed_and_told(calm: Agency, path: Path) -> None:
    """Links go on from it, and the run tells it as unchanged."""
    _, first = look(calm, path, 1)
    read, second = look(calm, path, 2)
    assert read == []
    assert second.keys() == first.keys()
    assert set(second.values()) <= {"unchanged", "not_allowed"}


@pytest.mark.parametrize("trouble", [LATIN, CHALLENGE], ids=["label", "doorkeeper"])
def test_another_head_asks_for_a_reading(calm: Agency, path: Path, trouble: Trouble) -> None:
    """The same bytes under another label, or from a doorkeeper, may say something else."""
    look(calm, path, 1)
    calm.trouble[LAUNDRY] = trouble
    read, _ = look(calm, path, 2)
    assert [address.partition("/sida")[0] for address in read] == [
        f"http://{LAUNDRY[0]}{LAUNDRY[1]}".partition("/sida")[0]
    ]


def test_another_parser_or_other_rules_ask_for_a_reading(
    calm: Agency, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read otherwise than today is read again, whole."""
    pages = len(look(calm, path, 1)[0])
    assert len(look(calm, path, 2, people=False)[0]) == pages
    monkeypatch.setattr(crawl, "PARSER", "another")
    assert len(look(calm, path, 3, people=False)[0]) == pages
    assert len(look(calm, path, 4, people=False)[0]) == 0


@pytest.mark.parametrize("skips", [True, False])
def test_what_a_rebuild_read_by_other_rules_is_read_again(
    calm: Agency, path: Path, monkeypatch: pytest.MonkeyPatch, *, skips: bool
) -> None:
    """A run that asks for people and sees no page, then a rebuild: the next run, without people, takes them out.

    The same bytes, parser and site file as those of the last look: the reading was made by others all the same.
    """
    if not skips:
        monkeypatch.setattr(crawl._Run, "_seen_again", lambda *_: None)
    pages = len(look(calm, path, 1, people=False)[0])
    with Archive(path) as archive:
        run = archive.begin_run(msgspec.structs.replace(calm.site(), people=True), version="0", now=night(2))
        archive.finish_run(run, "failed", {}, now=night(2))
    rebuild(path, reading_of, parser=parse.PARSER, now=night(3))
    assert "person" in named(path)
    assert len(look(calm, path, 4, people=False)[0]) == pages
    assert "person" not in named(path)


def named(path: Path) -> set[str]:
    """What kinds of things the pages name now."""
    with closing(open_for_reading(path).conn) as connection:
        return {kind for (kind,) in connection.execute("SELECT kind FROM mentions WHERE to_revision IS NULL")}


def test_a_look_behind_a_later_one_is_read(calm: Agency, path: Path) -> None:
    """A clock that went back: the history of each page is derived in time order, from readings."""
    pages = len(look(calm, path, 3)[0])
    assert len(look(calm, path, 2)[0]) >= pages
