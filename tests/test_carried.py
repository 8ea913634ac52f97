"""Carried: what was erased or let go stays as it was told when all the rest is derived anew."""

from __future__ import annotations

import json
import random
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.file import open_for_reading
from archive.store import Archive
from schemas.capture import Capture
from schemas.reading import Reading, Rules
from tests.agency.server import Agency
from tests.builders import gone, look, page, section
from tests.nights import spend_night
from tests.runs import crawl_agency
from tests.shell import tidslager
from tests.test_rebuild import again, plainly

NAME = "Jonas Tveit"
ERASED = {
    "a name": ("redact", "--person", NAME, "--reason", "r"),
    "a body": ("redact", "--body", "2", "--reason", "r"),
    "old revisions": ("prune", "--keep", "1"),
    "all before a day": ("prune", "--before", "2026-03-03"),
}


def told(path: Path) -> dict[str, list[Any]]:
    """History as people see it: revisions with their numbers and dates, sections, changes, suspects."""
    queries = {
        "revisions": "SELECT page_id, seq, state, title, seen_from, unseen_since, preamble, metadata FROM revisions",
        "sections": "SELECT r.page_id, r.seq, s.position, t.text FROM revision_sections s JOIN revisions r"
        " ON r.id = s.revision_id JOIN section_texts t ON t.id = s.text_id",
        "changes": "SELECT r.page_id, r.seq, c.ordinal, c.kind, c.what, c.before, c.after FROM changes c"
        " JOIN revisions r ON r.id = c.revision_id",
        "looks": "SELECT g.capture_id, r.seq, g.verdict, g.why FROM readings g"
        " LEFT JOIN revisions r ON r.id = g.revision_id",
        "suspects": "SELECT capture_id, doubt, why, digest FROM quarantine",
    }
    with closing(open_for_reading(path).conn) as connection:
        return {name: sorted(connection.execute(query).fetchall(), key=repr) for name, query in queries.items()}


def run(path: Path, *command: str) -> str:
    """What a command prints; it must end well."""
    ran = tidslager(*command, "--archive", str(path))
    assert ran.code == 0, ran.err
    return ran.out


@pytest.mark.parametrize("what", ERASED)
def test_a_rebuild_leaves_what_was_erased_as_it_is(agency: Agency, path: Path, what: str) -> None:
    """Masked records, withheld revisions and the numbers after a pruning: all is told as before, and verifies."""
    for number in (1, 2, 3):
        crawl_agency(agency, path, number, people=True)
    run(path, *ERASED[what])
    before = told(path)
    run(path, "verify")
    assert "nothing reads otherwise" in run(path, "rebuild")
    assert told(path) == before
    run(path, "verify")
    assert spend_night(agency, path, 4, shown=3).exit_code in (0, 3)
    run(path, "verify")


@pytest.mark.parametrize("what", ERASED)
def test_an_upgrade_leaves_what_was_erased_as_it_is(agency: Agency, path: Path, what: str) -> None:
    """The same when another version made the file: with the next run, by itself."""
    for number in (1, 2, 3):
        crawl_agency(agency, path, number, people=True)
    run(path, *ERASED[what])
    before = told(path)
    with Archive(path) as archive:
        archive.database.execute("PRAGMA user_version = 7")
    run(path, "rebuild")
    assert told(path) == before
    run(path, "verify")


def test_a_page_that_was_gone_keeps_its_end_after_a_pruning(archive: Archive, path: Path) -> None:
    """Pruned to the revision that says that it is gone: a rebuild leaves that, with its number and dates."""
    look(archive, 1, page(section("A", "a")))
    look(archive, 2, page(section("A", "b")))
    gone(archive, 3)
    archive.close()
    run(path, "prune", "--keep", "1")
    before = told(path)
    assert [row[1:3] for row in before["revisions"]] == [(3, "gone")]
    run(path, "rebuild")
    assert told(path)["revisions"] == before["revisions"]
    run(path, "verify")
    assert json.loads(run(path, "log", "--json"))[0]["revision"] == 3


def test_an_erased_title_leaves_the_end_of_its_page_too(archive: Archive, path: Path) -> None:
    """A page that was gone after what was erased is no longer called by the title that went."""
    look(archive, 1, page(section("A", "a"), title="Jonas Tveits ateljé"))
    gone(archive, 2)
    archive.close()
    run(path, "redact", "--body", "1", "--reason", "r")
    assert [row[2:4] for row in told(path)["revisions"]] == [("withheld", "[withheld]"), ("gone", "[withheld]")]
    assert "Tveit" not in run(path, "log", "--json") + run(path, "changes", "--json")
    before = told(path)["revisions"]
    run(path, "rebuild")
    assert told(path)["revisions"] == before
    run(path, "verify")


def test_two_erasures_in_any_order_leave_one_entry_of_what_is_withheld(archive: Archive, path: Path) -> None:
    """The later revision was erased first: search has the word that stands for both once, and verify is content."""
    for number, text in enumerate(("a", "b", "c"), 1):
        look(archive, number, page(section("A", text)))
    archive.close()
    for body in ("3", "2"):
        run(path, "redact", "--body", body, "--reason", "r")
        run(path, "verify")


def test_a_doubt_that_rested_on_what_was_let_go_is_still_told(archive: Archive, path: Path) -> None:
    """A loss that was believed in time: with the page before it pruned, it still says why it was doubted."""
    whole = page(*(section(name, "Text.") for name in "ABCDE"))
    look(archive, 1, whole)
    for number in range(2, 7):
        look(archive, number, page(section("A", "Text.")))
    archive.close()
    run(path, "prune", "--keep", "1")
    before = told(path)
    assert before["suspects"]
    again(path, plainly)
    assert told(path) == before
    run(path, "verify")


WORDS = ("Vi gör.", "Ny text här.", f"{NAME}, chef, säger ja.", "Sista raden står kvar.", "En till rad.")
PLACES = ("http://byran.example/a.html", "http://byran.example/b.html")


def plainly_or_gone(capture: Capture, rules: Rules) -> Reading | None:
    """The parser that the archive was written with, which knows 404 too."""
    return Reading(verdict="gone") if capture.outcome == "gone" else plainly(capture, rules)


@settings(deadline=None, max_examples=25)
@given(st.randoms(use_true_random=False))
def test_any_history_with_any_erasures_is_told_as_before(rng: random.Random) -> None:
    """Law: whatever was erased or let go, in whatever order, a rebuild by the same parser changes nothing."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        with Archive(path) as archive:
            for number in range(1, rng.randint(4, 8)):
                for place, address in enumerate(PLACES):
                    if rng.random() < 0.2:
                        gone(archive, number * 3 + place, address)
                    else:
                        names = rng.sample("ABCD", rng.randint(1, 4))
                        record = page(*(section(name, rng.choice(WORDS)) for name in names))
                        look(archive, number * 3 + place, record, address)
        for _ in range(rng.randint(1, 3)):
            erasures = (
                ("redact", "--body", str(rng.randint(1, 8)), "--reason", "r"),
                ("redact", "--person", NAME, "--reason", "r"),
                ("prune", "--keep", str(rng.randint(1, 3))),
                ("prune", "--before", f"2026-03-{rng.randint(5, 20):02}"),
            )
            tidslager(*rng.choice(erasures), "--archive", str(path))
        before = told(path)
        again(path, plainly_or_gone)
        assert told(path) == before
        run(path, "verify")
