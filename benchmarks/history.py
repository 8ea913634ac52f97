"""How long looking back takes: a page, a site and a section as they were, in an archive of many years.

The archive has 2,000 pages, 350 nights, 100,000 revisions and 700,000 captures. Before it is built, a small one of the
same kind is built twice, in bulk and by the real writer, and must come out alike, row for row. Each answer is checked
against what the generator knows; a question that gave no answer stops the run.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from sqlite_utils import Database

from archive import asof, history
from archive.blame import Line
from archive.derived_tables import DERIVED_TABLES
from archive.export import export_lines
from archive.file import open_for_reading
from archive.history import Row
from archive.times import to_text
from benchmarks._past import SECTIONS, Shape, built_by_the_writer, built_in_bulk, edits, moment

NAME = "history"

LARGE = Shape(pages=2000, nights=350, revisions=50)
_UNASKED = ("quarantine", "documents", "mentions", "people", "examples")
"""Tables that no question here asks for, nor for the chrome; most of them the made-up pages leave empty."""
_SMALL = Shape(pages=7, nights=40, revisions=9)
_ASKED = 400
_SITES = 9
_BLAMED = 60
_GOALS_MS = {
    "page as of a date, with its sections": 1.0,
    "the same, named by its number": 1.0,
    "texts of a section over time": 1.0,
    "sections of a page with their dates": 1.0,
    "whole site as of a date, page rows": 50.0,
    "whole site as of a date, page rows and sections": 50.0,
}


def run(shape: Shape = LARGE) -> str:
    """Build the archive, ask, and return a table of warm medians in milliseconds beside the goals."""
    with TemporaryDirectory() as folder:
        _compare_writers(Path(folder))
        path = Path(folder) / "large.db"
        begun = time.perf_counter()
        built_in_bulk(path, shape)
        built = time.perf_counter() - begun
        database = open_for_reading(path)
        try:
            counts = {table: database.table(table).count for table in ("captures", "revisions", "section_texts")}
            assert counts["captures"] == shape.pages * shape.nights, counts
            assert counts["revisions"] == shape.pages * shape.revisions, counts
            measured = _measure(database, shape)
        finally:
            database.conn.close()
        size = path.stat().st_size / 1e6
    assert set(_GOALS_MS) <= measured.keys()
    lines = [
        f"{shape.pages} pages, {counts['revisions']} revisions, {counts['captures']} captures",
        f"{size:.0f} MB without bodies, built in {built:.0f} s; warm medians",
        "",
        f"{'question':<50}{'median ms':>10}{'of CPU':>10}{'p95 ms':>10}{'goal ms':>10}",
    ]
    for question, times in measured.items():
        wall, cpu = zip(*times, strict=True)
        worst = sorted(wall)[int(len(wall) * 0.95)]
        goal = f"{_GOALS_MS[question]:>10.0f}" if question in _GOALS_MS else f"{'-':>10}"
        lines.append(f"{question:<50}{median(wall):>10.3f}{median(cpu):>10.3f}{worst:>10.3f}{goal}")
    return "\n".join(lines)


def _compare_writers(folder: Path) -> None:
    """What is inserted in bulk is what the real writer writes, or nothing that is measured means anything."""
    built_in_bulk(folder / "bulk.db", _SMALL)
    built_by_the_writer(folder / "writer.db", _SMALL, _SMALL.nights)
    found = []
    for name in ("bulk.db", "writer.db"):
        database = open_for_reading(folder / name)
        tables = (*(one for one in DERIVED_TABLES if "chrome" not in one and one not in _UNASKED), "captures")
        found.append({t: sorted(database.execute(f"SELECT * FROM {t}").fetchall(), key=repr) for t in tables})
        database.conn.close()
    for table, rows in found[0].items():
        assert rows, f"{table} is empty"
        assert rows == found[1][table], f"{table} differs from what the real writer writes"


def _measure(database: Database, shape: Shape) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds of each question, asked of pages, nights and sections that are drawn the same way each time."""
    rng = random.Random(1)
    asked = [(rng.randint(1, shape.pages), rng.randint(1, shape.nights)) for _ in range(_ASKED)]
    nights = [(rng.randint(1, shape.nights), 0) for _ in range(_SITES)]
    fifth = "SELECT id FROM sections WHERE page_id = ? ORDER BY id LIMIT 1 OFFSET 5"
    sections = [(page, database.execute(fifth, [page]).fetchone()[0]) for page, _ in asked]
    ask, right = _Questions(database, shape), _Truth(shape)
    return {
        "page as of a date, with its sections": _timed(ask.page, asked, right.page),
        "the same, named by its number": _timed(ask.named_page, asked, right.page),
        "texts of a section over time": _timed(ask.section, sections, right.section),
        "sections of a page with their dates": _timed(ask.sections, asked, right.sections),
        "revisions of a page": _timed(ask.revisions, asked, right.revisions),
        "blame of a page": _timed(ask.blame, asked[:_BLAMED], right.blame),
        "whole site as of a date, page rows": _timed(ask.pages, nights, right.pages),
        "whole site as of a date, page rows and sections": _timed(ask.site, nights, right.pages),
        "the same, the text of each section read": _timed(ask.read_site, nights, right.site),
        "the same, as the lines that an export writes": _timed(ask.export, nights, right.export),
    }


class _Questions:
    """The questions, each of two numbers."""

    def __init__(self, database: Database, shape: Shape) -> None:
        self._database = database
        self._shape = shape

    def page(self, page: int, night: int) -> tuple[Row, list[Row]]:
        revision = self._revision(page, night)
        return revision, history.section_rows(self._database, revision["revision_id"])

    def named_page(self, page: int, night: int) -> tuple[Row, list[Row]]:
        return self.page(history.find_page(self._database, str(page))["page"], night)

    def section(self, _: int, section: int) -> list[Row]:
        return history.section_texts(self._database, section)

    def sections(self, page: int, _: int) -> list[Row]:
        return history.section_list(self._database, page)

    def revisions(self, page: int, _: int) -> list[Row]:
        return history.revision_rows(self._database, page)

    def blame(self, page: int, night: int) -> tuple[Line, ...]:
        return asof.page_blame(self._database, self._revision(page, night))

    def pages(self, night: int, _: int) -> list[Row]:
        return asof.pages_at(self._database, to_text(moment(night, self._shape.pages)))

    def site(self, night: int, _: int) -> list[Row]:
        return asof.site_at(self._database, to_text(moment(night, self._shape.pages)))

    def read_site(self, night: int, _: int) -> list[Row]:
        site = self.site(night, 0)
        assert all(section["text"] for page in site for section in page["sections"])
        return site

    def export(self, night: int, _: int) -> list[str]:
        return list(export_lines(self.site(night, 0), "jsonl"))

    def _revision(self, page: int, night: int) -> Row:
        return history.revision_at(self._database, page, to_text(moment(night, page)))


class _Truth:
    """Whether an answer is what the generator did."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._edits = {page: edits(shape, page) for page in range(1, shape.pages + 1)}

    def page(self, page: int, night: int, answer: tuple[Row, list[Row]]) -> bool:
        return answer[0]["revision"] == self._seq(page, night) and len(answer[1]) == SECTIONS

    def section(self, page: int, _: int, answer: list[Row]) -> bool:
        return len(answer) == 1 + list(self._edits[page].values()).count(5)

    def sections(self, _: int, __: int, answer: list[Row]) -> bool:
        return sum(int(row["texts"]) for row in answer) == SECTIONS + self._shape.revisions - 1

    def revisions(self, _: int, __: int, answer: list[Row]) -> bool:
        return len(answer) == self._shape.revisions

    def blame(self, page: int, night: int, answer: tuple[Line, ...]) -> bool:
        edited_before = [since for since, on in enumerate(self._edits[page], 2) if on <= night]
        return max(line.since for line in answer) == (edited_before or [1])[-1]

    def pages(self, night: int, _: int, answer: list[Row]) -> bool:
        return [row["revision"] for row in answer] == [self._seq(page, night) for page in self._edits]

    def site(self, night: int, _: int, answer: list[Row]) -> bool:
        return self.pages(night, 0, answer) and all(len(row["sections"]) == SECTIONS for row in answer)

    def export(self, night: int, _: int, answer: list[str]) -> bool:
        read = [msgspec.json.decode(line) for line in answer]
        return self.site(night, 0, read)

    def _seq(self, page: int, night: int) -> int:
        return 1 + sum(on <= night for on in self._edits[page])


def _timed(
    ask: Callable[[int, int], Any], questions: list[tuple[int, int]], right: Callable[[int, int, Any], bool]
) -> list[tuple[float, float]]:
    """Milliseconds for each question, and of them those of CPU, which a busy machine does not lengthen as much.

    Each is asked once before. Raises AssertionError for a wrong answer.
    """
    assert questions
    times = []
    for question in questions:
        ask(*question)
        begun, worked = time.perf_counter(), time.process_time()
        answer = ask(*question)
        times.append(((time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000))
        assert right(*question, answer), (question, answer)
    return times
