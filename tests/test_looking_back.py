"""As of, sections over time, blame and export: what a page and a site were, and since when."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import asof, history
from archive.blame import Version, blame
from archive.export import COLUMNS
from archive.store import Archive
from schemas.errors import NotSeenYetError
from schemas.page import Cell, Item, List, Page, Row, Section, Table
from tests.builders import gone, look, night, page, section
from tests.shell import tidslager

OTHER = "http://byran.example/annan.html"
START = section("Start", "Det var en gång.")
GOAL = section("Mål", "Alla ska med.")
NEW = section("Nytt", "Detta är nytt.")


def edited(one: Section, *texts: str) -> Section:
    """The same section with other paragraphs."""
    return msgspec.structs.replace(one, blocks=section("", *texts).blocks)


def a_history(archive: Archive) -> None:
    """Five nights: a section edited, one added, one removed and put back; the other page gone on the fourth."""
    look(archive, 1, page(START, GOAL))
    look(archive, 1, page(NEW, title="En annan"), OTHER)
    look(archive, 2, page(START, edited(GOAL, "Alla ska med.", "Även du.")))
    look(archive, 3, page(edited(GOAL, "Alla ska med.", "Även du."), NEW))
    look(archive, 4, page(edited(GOAL, "Alla ska med.", "Även du."), NEW))
    gone(archive, 4, OTHER)
    look(archive, 5, page(START, edited(GOAL, "Även du.", "Alla ska med."), NEW))


def days(*times: str | None) -> tuple[str | None, ...]:
    """The nights of some times, "05"."""
    return tuple(one and one[8:10] for one in times)


def test_each_section_is_dated_from_its_first_look_to_its_removal(archive: Archive) -> None:
    """First seen, last changed, removed; a section that was put back stands again and its return is its last change."""
    a_history(archive)
    rows = history.section_list(archive.database, 1)
    assert [(r["heading"], days(r["first_seen"], r["last_changed"], r["removed"]), r["texts"]) for r in rows] == [
        ("Start", ("01", "05", None), 1),
        ("Mål", ("01", "05", None), 3),
        ("Nytt", ("03", "03", None), 1),
    ]
    (other,) = history.section_list(archive.database, 2)
    assert days(other["first_seen"], other["last_changed"], other["removed"]) == ("01", "01", "04")


def test_a_removed_section_says_since_when(archive: Archive) -> None:
    """Removed on the first look that did not see it, and listed behind what stands."""
    look(archive, 1, page(START, GOAL))
    look(archive, 4, page(GOAL))
    rows = history.section_list(archive.database, 1)
    assert [(r["heading"], days(r["removed"])) for r in rows] == [("Mål", (None,)), ("Start", ("04",))]


def test_the_texts_of_a_section_in_time_order(archive: Archive) -> None:
    """Every text that a section has had, once for each time it read otherwise."""
    a_history(archive)
    goal = history.section_list(archive.database, 1)[1]
    found = history.section_texts(archive.database, goal["section_id"])
    assert [(row["revision"], row["text"]) for row in found] == [
        (1, "Alla ska med."), (2, "Alla ska med.\nÄven du."), (4, "Även du.\nAlla ska med."),
    ]  # fmt: skip


def test_section_rows_in_sql_tell_the_site_as_it_was(archive: Archive) -> None:
    """The view of all sections, filtered by its span, is what the function gives."""
    a_history(archive)
    for number in range(1, 6):
        when = night(number).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        rows = archive.database.execute(
            "SELECT page, heading, text FROM page_sections WHERE seen_from <= ? AND (seen_until IS NULL OR"
            " seen_until > ?) ORDER BY page, position",
            [when, when],
        ).fetchall()
        site = asof.site_at(archive.database, f"2026-03-0{number}")
        assert rows == [(p["page"], s["heading"], s["text"]) for p in site for s in p["sections"]]


def test_the_site_as_it_was_is_each_page_as_it_was(archive: Archive) -> None:
    """As of each night and before it, every page is what the page alone was; gone pages have a state and no text."""
    a_history(archive)
    for number in range(1, 7):
        when = f"2026-03-0{number}"
        for row in asof.site_at(archive.database, when):
            one = history.revision_at(archive.database, row["page"], when)
            assert (row["revision"], row["state"], row["digest"]) == (one["revision"], one["state"], one["digest"])
            texts = [s["text"] for s in history.section_rows(archive.database, one["revision_id"])]
            assert [s["text"] for s in row["sections"]] == texts
            if texts:
                assert row["sections"][-1]["text"] == row["sections"][:][-1]["text"] == texts[-1]
    assert [(r["state"], len(r["sections"])) for r in asof.site_at(archive.database, None)] == [
        ("live", 3),
        ("gone", 0),
    ]
    assert [r["page"] for r in asof.site_at(archive.database, None, "prov")] == [1, 2]
    with pytest.raises(NotSeenYetError, match="The site annan has no page"):
        asof.site_at(archive.database, None, "annan")


def test_blame_names_the_revision_since_which_each_line_stands(archive: Archive) -> None:
    """Edited, moved, removed and put back: each line has the night of its present wording."""
    a_history(archive)
    row = history.revision_at(archive.database, 1, None)
    assert [(line.part, line.text, line.since) for line in asof.page_blame(archive.database, row)] == [
        ("heading", "Start", 4), ("paragraph", "Det var en gång.", 4), ("heading", "Mål", 1),
        ("paragraph", "Även du.", 2), ("paragraph", "Alla ska med.", 1), ("heading", "Nytt", 3),
        ("paragraph", "Detta är nytt.", 3),
    ]  # fmt: skip
    second = history.revision_at(archive.database, 1, "2026-03-02")
    assert [line.since for line in asof.page_blame(archive.database, second)] == [1, 1, 1, 1, 2]


def test_blame_goes_by_items_and_rows_and_passes_over_a_time_when_the_page_was_gone(archive: Archive) -> None:
    """A list and a table age entry by entry; the page's absence makes nothing young."""

    def of(*texts: str) -> Page:
        items = List(items=tuple(Item(text=text) for text in texts))
        table = Table(rows=tuple(Row(cells=(Cell(text=text), Cell(text="1"))) for text in texts), caption="Tal")
        return page(msgspec.structs.replace(START, blocks=(items, table)))

    look(archive, 1, of("a", "b"))
    look(archive, 2, of("a", "c", "b"))
    gone(archive, 3)
    look(archive, 4, of("a", "c", "b"))
    row = history.revision_at(archive.database, 1, None)
    lines = asof.page_blame(archive.database, row)
    assert [(line.part, line.text, line.since) for line in lines] == [
        ("heading", "Start", 1), ("item", "a", 1), ("item", "c", 2), ("item", "b", 1), ("caption", "Tal", 1),
        ("row", "a | 1", 1), ("row", "c | 1", 2), ("row", "b | 1", 1),
    ]  # fmt: skip
    assert asof.page_blame(archive.database, history.revision_at(archive.database, 1, "2026-03-03")) == ()


def test_a_paragraph_moved_to_another_section_keeps_its_age_and_cosmetics_age_nothing() -> None:
    """Where a line stands and how its spaces are written is not what it says."""
    one = Version(revision=1, page=page(section("A", "Flyttas.", "Stannar."), section("B", "Annat.")), sections=(1, 2))
    two = Version(
        revision=2, page=page(section("A", "Stannar."), section("B", "Annat.", "Flyttas. ", "Nytt.")), sections=(1, 2)
    )
    assert [(line.text, line.since) for line in blame([one, two]) if line.part == "paragraph"] == [
        ("Stannar.", 1), ("Annat.", 1), ("Flyttas. ", 1), ("Nytt.", 2),
    ]  # fmt: skip
    assert blame([]) == ()


texts = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=5)


@settings(max_examples=200, deadline=None)
@given(st.lists(texts, min_size=1, max_size=6))
def test_a_line_is_as_old_as_its_unbroken_presence(nights: list[list[str]]) -> None:
    """Of n equal lines, k are since a version or older exactly when every version since then has k of them."""
    versions = [
        Version(revision=number, page=page(section("", *words)), sections=(1,))
        for number, words in enumerate(nights, 1)
    ]
    lines = blame(versions)
    assert [line.text for line in lines] == nights[-1]
    for number in range(1, len(nights) + 1):
        for text in set(nights[-1]):
            as_old = sum(line.text == text and line.since <= number for line in lines)
            assert as_old == min(words.count(text) for words in nights[number - 1 :])


@pytest.fixture
def kept(path: Path) -> str:
    """The five nights as a file; its path as typed."""
    with Archive(path) as archive:
        a_history(archive)
    return str(path)


def test_the_commands_show_it_in_words(kept: str) -> None:
    """What a person reads: sections with their dates, lines with their age, and where there is nothing, why."""
    ran = tidslager("sections", "1", "-a", kept)
    assert "Mål\n  first seen 2026-03-01 02:10, last changed 2026-03-05 02:10 UTC, 3 texts" in ran.out
    assert "removed 2026-03-04 02:10 UTC" in tidslager("sections", "2", "-a", kept).out
    ran = tidslager("blame", "1", "--date", "2026-03-02", "-a", kept)
    assert "2026-03-02 2  Även du.\n" in ran.out
    assert "2026-03-01 1  Alla ska med.\n" in ran.out
    assert "The page was gone." in tidslager("blame", "2", "-a", kept).out
    assert json.loads(tidslager("blame", "2", "--json", "-a", kept).out) == []


def test_a_line_that_only_our_reading_made_young_is_marked(path: Path) -> None:
    """A star says that the parser, not the site, gave the line its wording."""
    from schemas.reading import Reading
    from tests.builders import begin, capture, written

    with Archive(path) as archive:
        look(archive, 1, page(START))
        kept = archive.keep(begin(archive, night(2)), capture(at=night(2), body=written(page(START))))
        better = Reading(verdict="page", page=page(START, GOAL))
        archive.record(kept.id, better, parser="2", reread=lambda _: better)
    ran = tidslager("blame", "1", "-a", str(path))
    assert "2* Alla ska med.\n" in ran.out
    assert "* since our reading changed, not the site" in ran.out


def test_export_is_the_same_bytes_every_time_and_all_formats_say_the_same(kept: str, tmp_path: Path) -> None:
    """JSON Lines and CSV, to stdout and to a directory: one content, stable bytes."""
    lines = tidslager("export", "-a", kept).out
    assert lines == tidslager("export", "-a", kept).out
    pages = [json.loads(line) for line in lines.splitlines()]
    table = tidslager("export", "--format", "csv", "-a", kept).out
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"), newline="")))
    assert tuple(rows[0]) == tuple(COLUMNS)
    assert tuple(pages[0])[:-1] + tuple(pages[0]["sections"][0]) == tuple(COLUMNS)
    flat = [(p["page"], s["heading"], s["text"]) for p in pages for s in p["sections"] or [{"heading": "", "text": ""}]]
    assert flat == [(int(row["page"]), row["heading"], row["text"]) for row in rows]
    for name, text in (("jsonl", lines), ("csv", table)):
        ran = tidslager("export", "--format", name, "--to", str(tmp_path / "ut"), "-a", kept)
        assert (ran.code, ran.out) == (0, "")
        assert (tmp_path / "ut" / f"pages.{name}").read_bytes().decode() == text
    ran = tidslager("export", "--to", str(tmp_path / "ut"), "-a", kept)
    assert ran.code == 2
    assert "left as it is" in ran.err
    ran = tidslager("export", "--to", f"{kept}/ut", "-a", kept)
    assert ran.code == 2
    assert "name another directory" in ran.err


def test_an_export_of_an_archive_written_in_another_order_has_the_same_bytes(kept: str, tmp_path: Path) -> None:
    """Late captures end in the same history, and so in the same export."""
    late = tmp_path / "late.db"
    with Archive(late) as archive:
        look(archive, 1, page(START, GOAL))
        look(archive, 1, page(NEW, title="En annan"), OTHER)
        look(archive, 5, page(START, edited(GOAL, "Även du.", "Alla ska med."), NEW))
        gone(archive, 4, OTHER)
        look(archive, 4, page(edited(GOAL, "Alla ska med.", "Även du."), NEW))
        look(archive, 2, page(START, edited(GOAL, "Alla ska med.", "Även du.")))
        look(archive, 3, page(edited(GOAL, "Alla ska med.", "Även du."), NEW))
    for day in ("2026-03-01", "2026-03-03", "2026-03-09"):
        assert tidslager("export", "--date", day, "-a", str(late)) == tidslager("export", "--date", day, "-a", kept)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("sections", "99"), 1, "No page matches"),
        (("blame", "99999999999999999999"), 1, "No page matches"),
        (("blame", "1", "--date", "2020-01-01"), 1, "first seen 2026-03-01"),
        (("blame", "1", "--date", "igår"), 2, "is no date"),
        (("export", "--date", "2020-01-01"), 1, "Give a later date"),
        (("export", "--date", "igår"), 2, "is no date"),
        (("export", "--site", "annan"), 1, "no page that was ever read"),
        (("export", "--format", "xml"), 2, "xml"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(
    kept: str, arguments: tuple[str, ...], code: int, says: str
) -> None:
    """A page that is not there, a day before the first look, a day that is none: a sentence and an exit code."""
    ran = tidslager(*arguments, "-a", kept)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err


def test_an_empty_archive_and_a_page_that_was_never_read(path: Path) -> None:
    """Nothing to show is said, not shown as nothing."""
    from tests.builders import begin, capture

    with Archive(path) as archive:
        ran = tidslager("export", "-a", str(path))
        assert ran.code == 1
        assert "tidslager crawl" in ran.err
        archive.keep(begin(archive), capture(outcome="timeout", body=None))
    ran = tidslager("sections", "1", "-a", str(path))
    assert (ran.code, ran.out) == (0, "")
    assert "no section" in ran.err
    ran = tidslager("blame", "1", "-a", str(path))
    assert ran.code == 1
    assert "has never been read" in ran.err
