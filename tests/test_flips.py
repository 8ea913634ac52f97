"""One bit turned over anywhere in the evidence or the records, and verify finds it and says where."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from archive.bodies import read_body
from archive.file import open_for_reading, transaction
from archive.header_sets import sealed_head
from archive.redact import redact_bodies
from archive.redactions import Reason
from archive.revision_texts import unpacked
from archive.store import Archive
from schemas.errors import ArchiveError
from tests.agency.server import Agency
from tests.builders import night
from tests.flips import EVIDENCE, RECORDS, Flip, flip_file, flip_value, stored, verified
from tests.runs import crawl_agency

TABLES = EVIDENCE + RECORDS


@pytest.fixture(scope="module")
def whole() -> Iterator[Path]:
    """An archive of three nights, with a redaction that the third has sealed."""
    with TemporaryDirectory() as folder, Agency() as agency:
        path = Path(folder) / "whole.db"
        crawl_agency(agency, path, 1)
        crawl_agency(agency, path, 2)
        with Archive(path) as archive, transaction(archive.database, path):
            redact_bodies(archive.database, (4,), Reason(text="begäran 12/2026", now=night(2)))
        crawl_agency(agency, path, 3)
        report = verified(path)
        assert report is not None
        assert report.findings == ()
        yield path


def _flip_a_value(whole: Path, path: Path, trial: int) -> bool:
    """One trial; whether it touched anything that says something."""
    table = TABLES[trial % len(TABLES)]
    rng = random.Random(trial)
    shutil.copy(whole, path)
    flip = flip_value(path, rng, table)
    if _harmless(whole, path, flip):
        return False
    report = verified(path)
    if report is None:
        return True
    assert report.findings, flip
    assert flip.runs <= {finding.run for finding in report.findings} or not _is_told(flip), (flip, report.findings)
    assert flip.pages <= {finding.page for finding in report.findings} or _is_renamed(flip), (flip, report.findings)
    return True


def _is_told(flip: Flip) -> bool:
    """Whether the run is told by the row itself: one whose number was turned over names another."""
    return flip.table in EVIDENCE and (flip.table, flip.column) not in {
        ("runs", "id"), ("captures", "run_id"), ("pages", "first_run"), ("page_urls", "from_run"),
        ("redactions", "after_run"), ("sealed_records", "run_id"),
    }  # fmt: skip


def _is_renamed(flip: Flip) -> bool:
    """Whether what was turned over is the very number by which the row names its page."""
    return (flip.table, flip.column) in {
        ("pages", "id"), ("captures", "page_id"), ("page_urls", "page_id"), ("sealed_records", "capture_id"),
    }  # fmt: skip


def _harmless(whole: Path, path: Path, flip: Flip) -> bool:
    """A bit of a compressed body, or of how it is compressed, that gives the same bytes touches no evidence."""
    if flip.table == "header_sets" and flip.column in ("head", "base"):
        return _heads(path) == _heads(whole)
    if flip.table == "revision_texts" and flip.column == "sections":
        return _texts(path) == _texts(whole)
    return flip.table == "bodies" and flip.column in ("data", "how", "helper") and _bodies(path) == _bodies(whole)


def _heads(path: Path) -> list[bytes | None]:
    """Every head as it reads; None where one does not."""
    database = open_for_reading(path)
    with closing(database.conn):
        numbers = database.execute("SELECT id FROM header_sets ORDER BY id").fetchall()
        return [sealed_head(database, number)[0] for (number,) in numbers]


def _texts(path: Path) -> dict[int, bytes] | None:
    """The sections of each revision, as they are kept together; None where one cannot be read."""
    database = open_for_reading(path)
    with closing(database.conn):
        rows = database.execute("SELECT revision_id, sections FROM revision_texts").fetchall()
        try:
            return {revision: unpacked(sections) for revision, sections in rows}
        except ArchiveError:
            return None


def _bodies(path: Path) -> dict[int, bytes | None] | None:
    """Every body as it reads; None where one does not."""
    database = open_for_reading(path)
    database.conn.text_factory = lambda raw: raw.decode("utf-8", "replace")
    with closing(database.conn):
        try:
            numbers = [number for (number,) in database.execute("SELECT id FROM bodies").fetchall()]
            return {number: read_body(database, number) for number in numbers}
        except ArchiveError:
            return None


def _flip_the_file(whole: Path, path: Path, trial: int) -> bool:
    """One trial; whether it touched evidence or records."""
    shutil.copy(whole, path)
    flip_file(path, random.Random(trial))
    before, after = stored(whole), stored(path)
    if after == before:
        return False
    report = verified(path)
    if report is None:
        return True
    if not report.findings:
        assert after is not None
        assert before is not None
        (changed,) = [table for table in before if after[table] != before[table]]
        assert changed in ("bodies", "revision_texts"), trial
        assert _bodies(path) == _bodies(whole), trial
        assert _texts(path) == _texts(whole), trial
        return False
    if after is not None and before is not None:
        touched = [table for table in EVIDENCE if after[table] != before[table]]
        same_rows = all(len(after[table]) == len(before[table]) for table in EVIDENCE)
        if touched and same_rows and "bodies" not in touched:
            assert any(finding.run for finding in report.findings), (trial, touched, report.findings)
    return True


def test_a_bit_of_any_value_is_found_with_its_page_and_run(whole: Path, path: Path) -> None:
    """Two trials in each table of evidence and of records."""
    touched = sum(_flip_a_value(whole, path, trial) for trial in range(2 * len(TABLES)))
    assert touched >= 30


def test_a_bit_of_the_file_is_found(whole: Path, path: Path) -> None:
    """Bits anywhere in the file: whatever changes a stored row is found; the rest is free space, keys and indexes."""
    touched = sum(_flip_the_file(whole, path, trial) for trial in range(90))
    assert touched >= 10


@pytest.mark.soak
def test_five_hundred_bits_of_values(whole: Path, path: Path) -> None:
    """The long suite's trials, another seed for each."""
    assert sum(_flip_a_value(whole, path, trial) for trial in range(1000, 1500)) >= 450


@pytest.mark.soak
def test_six_hundred_bits_of_the_file(whole: Path, path: Path) -> None:
    """The same in the file, of which evidence is a fifth: as many trials as it takes to touch a hundred rows."""
    assert sum(_flip_the_file(whole, path, trial) for trial in range(1000, 1600)) >= 100
