"""Comparing answers or says why not, in every form; and whatever is asked, nothing is written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from archive import history
from archive.file import open_for_reading
from archive.rendering import FORMATS, Look, document
from archive.store import Archive
from schemas.errors import QueryError
from schemas.reading import Reading
from tests.builders import PARSER, begin, capture, gone, look, night, page, reread, section
from tests.shell import tidslager

OTHER = "http://byran.example/annan.1002.html"


@pytest.fixture
def filled(archive: Archive, path: Path) -> str:
    """Page 1: two contents, gone, back with the first one. Page 2: two contents. Its path as typed."""
    look(archive, 1, page(section("Kontakt", "Ring oss på vardagar mellan åtta och fyra.")))
    look(archive, 2, page(section("Kontakt", "Ring oss på vardagar mellan nio och fyra.")))
    gone(archive, 3)
    look(archive, 4, page(section("Kontakt", "Ring oss på vardagar mellan åtta och fyra.")))
    look(archive, 1, page(section("A", "Ett två tre.")), OTHER)
    look(archive, 2, page(section("A", "Ett två fyra.")), OTHER)
    archive.close()
    return str(path)


def suspect(archive: Archive, number: int, why: str = "the page is a login form") -> None:
    """A night on which what answered seemed not to be the page."""
    run = begin(archive, night(number))
    kept = archive.keep(run, capture(at=night(number), body=b"logga in"))
    record = page(section("Logga in", "Namn och ord."))
    reading = Reading(verdict="suspect", doubt="login", page=record, why=why)
    archive.record(kept.id, reading, parser=PARSER, reread=reread)
    archive.finish_run(run, "partial", {}, now=night(number))


BAD = {
    "a revision of another page": (("1", "2:1"), "2:1 is a revision of page 2, not of page 1"),
    "an unknown revision": (("1", "1", "9"), "it has revisions 1 to 4"),
    "revision nought": (("1", "0"), "it has revisions 1 to 4"),
    "a revision with more digits than a number can hold": (("1", "9" * 30), "it has revisions 1 to 4"),
    "a revision with more digits than Python reads": (("1", "9" * 5000), "it has revisions 1 to 4"),
    "a page with more digits than a number can hold": (("9" * 5000,), "tidslager pages"),
    "a page that was gone": (("1", "1", "3"), "was gone then"),
    "a page that was gone, from there": (("1", "3", "2"), "was gone then"),
    "a day before the first look": (("1", "2020-01-01"), "first seen 2026-03-01"),
    "no revision at all": (("1", "x"), "is no date"),
    "half a name": (("1", ":1"), "is no date"),
    "an unknown page": (("77",), "tidslager pages"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_compared_is_told_in_a_sentence(filled: str, name: str) -> None:
    """Nothing on stdout, one sentence on stderr, no traceback, in each form."""
    arguments, words = BAD[name]
    for form in FORMATS:
        ran = tidslager("diff", *arguments, "--format", form, "--archive", filled)
        assert ran.code in (1, 2)
        assert ran.out == ""
        assert words in ran.err
        assert "Traceback" not in ran.err


def test_a_revision_can_be_named_with_its_page(filled: str) -> None:
    """PAGE:REVISION means what REVISION means, on its own page."""
    plain, named = (tidslager("diff", "1", *names, "--archive", filled) for names in (("1", "2"), ("1:1", "1:2")))
    assert plain.out == named.out != ""


def test_two_pages_are_not_compared(filled: str) -> None:
    """Rows of two pages are refused by name."""
    database = open_for_reading(Path(filled))
    one, other = (history.revision_numbered(database, number, 1) for number in (1, 2))
    with pytest.raises(QueryError, match="of page 1, the other of page 2"):
        history.compare(database, one, other)
    database.conn.close()


def test_a_page_that_went_and_came_is_told_in_each_form(filled: str) -> None:
    """Next to the night on which it was gone: that it went, and that it answers again."""
    for form in FORMATS:
        went = tidslager("diff", "1", "2", "3", "--format", form, "--archive", filled)
        back = tidslager("diff", "1", "3", "4", "--format", form, "--archive", filled)
        assert (went.code, back.code) == (0, 0)
        if form == "json":
            assert [row["kind"] for row in json.loads(went.out)] == ["removed"]
            assert json.loads(back.out)[0]["returns_to"] == 1
        else:
            assert "page gone" in went.out
            assert "returns to revision 1" in back.out


def test_a_quarantined_look_is_told_and_not_compared(archive: Archive, path: Path) -> None:
    """A login form where the page should be: the newest revision stands, and a note says what was left out and why."""
    look(archive, 1, page(section("A", "Ett två tre.")))
    look(archive, 2, page(section("A", "Ett två fyra.")))
    suspect(archive, 3, "the page is a login form\x1b[2J")
    archive.close()
    ran = tidslager("diff", "1", "--archive", str(path))
    assert "tre" in ran.out
    assert "2026-03-03 02:10 UTC is in quarantine and not compared: the page is a login form␛[2J" in ran.err
    by_day = tidslager("diff", "1", "2026-03-01", "2026-03-03", "--json", "--archive", str(path))
    assert json.loads(by_day.out)[0]["revision"] == 2
    assert "quarantine" in by_day.err
    for arguments in (("1", "1", "2"), ("1", "2026-03-01", "2026-03-02")):
        assert "quarantine" not in tidslager("diff", *arguments, "--archive", str(path)).err


def test_a_page_with_nothing_but_a_quarantined_look_says_so(archive: Archive, path: Path) -> None:
    """There is no revision to compare: where to see why."""
    suspect(archive, 1)
    archive.close()
    ran = tidslager("diff", "1", "--archive", str(path))
    assert (ran.code, ran.out) == (1, "")
    assert "the page is a login form" in ran.err


def test_r8_comparing_writes_nothing(filled: str) -> None:
    """R8: every reading of old revisions, in every form, leaves the archive byte for byte as it was.

    What SQLite puts beside it for readers (an empty log and an index of it) says nothing.
    """

    def state() -> dict[str, str]:
        files = [file for file in Path(filled).parent.iterdir() if file.suffix != ".db-shm" and file.stat().st_size]
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    before = state()
    for form in FORMATS:
        assert tidslager("diff", "1", "1", "2", "--all", "--format", form, "--archive", filled).code == 0
        assert tidslager("diff", "1", "4", "2", "--format", form, "--archive", filled).code == 0
        assert tidslager("changes", "--all", "--format", form, "--archive", filled).code == 0
    assert tidslager("diff", "1", "1", "2", "--stat", "--archive", filled).code == 0
    assert tidslager("log", "--flapping", "--archive", filled).code == 0
    assert state() == before


def test_options_that_contradict_each_other_are_refused(filled: str) -> None:
    """Two answers at once, or a context below nothing: exit code 2 and what to choose."""
    for options in (("--json", "--format", "html"), ("--stat", "--json"), ("--stat", "--format", "html")):
        ran = tidslager("diff", "1", *options, "--archive", filled)
        assert (ran.code, ran.out) == (2, "")
        assert "choose one" in ran.err
    assert tidslager("changes", "--context", "-1", "--archive", filled).code == 2
    with pytest.raises(ValueError, match="no document"):
        document([], Look())


def test_context_and_stat_reach_the_reader(filled: str) -> None:
    """--context 1 keeps one word on each side; --stat counts; both on diff and on changes."""
    shown = tidslager("diff", "1", "1", "2", "--context", "1", "--archive", filled).out
    assert "… mellan [-åtta-]{+nio+} och fyra.\n" in shown
    assert "vardagar" not in shown
    assert (
        " Kontakt              |  1 change     -1    +1 -+\n"
        in tidslager("diff", "1", "1", "2", "--stat", "--archive", filled).out
    )
    feed = tidslager("changes", "--stat", "--archive", filled).out
    assert feed.count(" words in\n") == 4
    assert "returns to revision 1" in feed
    unified = tidslager("changes", "--format", "unified", "--context", "0", "--archive", filled).out
    assert unified.count("\n@@ ") == 5
